// A queue on virtual time that delivers at least once: late, again, and (standard) in any order.
import type { Simulation } from './simulation';

/** A message in the queue. */
export interface SimulatedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Group of a FIFO queue. */
  readonly group?: string;
  receiveCount: number;
  visibleAt: number;
}

/** SQS as its documentation promises it, at its worst. */
export class SimulatedQueue {
  messages: SimulatedMessage[] = [];
  private sent = 0;

  constructor(
    private readonly simulation: Simulation,
    readonly options: {
      readonly fifo: boolean;
      readonly visibilityMilliseconds: number;
      /** Probability that a message is delivered again although it is in work. Never in a FIFO queue. */
      readonly again: number;
    },
  ) {}

  send(body: string, attributes: Readonly<Record<string, string>>, group?: string): void {
    const { simulation } = this;
    const delay = simulation.random.chance(0.2) ? simulation.random.between(0, 20_000) : 0;
    this.messages.push({
      messageId: `m${this.sent++}`,
      body,
      attributes,
      group,
      receiveCount: 0,
      visibleAt: this.options.fifo ? simulation.time : simulation.time + delay,
    });
  }

  /** Messages that may be delivered now, at most `most`; they are hidden for the visibility timeout. */
  take(most: number): SimulatedMessage[] {
    const { simulation, options } = this;
    const { time, random } = simulation;
    const blocked = new Set<string | undefined>();
    const due = this.messages.filter(({ visibleAt, group }) => {
      // In a FIFO queue what is in work hides all that stands behind it in its group.
      if (visibleAt > time && options.fifo) blocked.add(group);
      return visibleAt <= time && !(options.fifo && blocked.has(group));
    });
    const ordered = options.fifo || due.length < 2 || random.chance(0.5) ? due : [...due].reverse();
    const taken = ordered.slice(0, 1 + Math.floor(random.next() * most));
    for (const message of taken) {
      message.receiveCount += 1;
      const again = !options.fifo && random.chance(options.again);
      message.visibleAt = time + (again ? random.between(0, 5000) : options.visibilityMilliseconds);
    }
    return taken.map(message => ({ ...message }));
  }

  remove(messageId: string): void {
    this.messages = this.messages.filter(message => message.messageId !== messageId);
  }

  /** Hides a message for so long from now. */
  hide(messageId: string, milliseconds: number): void {
    const message = this.messages.find(candidate => candidate.messageId === messageId);
    if (message !== undefined) message.visibleAt = this.simulation.time + milliseconds;
  }
}
