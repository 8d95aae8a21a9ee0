// Virtual time for worlds that are synchronous but for the real code's own promises.
import type { Random } from './simulation';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/**
 * Microtasks that the real code may take after an event. More than the longest chain of awaits between two ports; a
 * chain that were longer would go on during the next event, as a slower process does, and stay reproducible.
 */
const HOPS = 7;

/** Time that jumps from one event to the next, and lets promises run only after events that woke one. */
export class FastSimulation {
  /** True time in milliseconds; no process can read it. */
  time = 0;
  /** Set by an event that resumed real code. */
  woke = false;
  private order = 0;
  private readonly queue: Due[] = [];

  constructor(readonly random: Random) {}

  at(time: number, happen: () => void): void {
    const { queue } = this;
    const due = { at: time, order: this.order++, happen };
    // Latest first, so that the next one is taken from the end; of equals the first comes first.
    let index = queue.length;
    queue.push(due);
    while (index > 0 && (queue[index - 1] as Due).at <= time) {
      queue[index] = queue[index - 1] as Due;
      index -= 1;
    }
    queue[index] = due;
  }

  /** Lets everything happen until `end`, or until `enough`. */
  async run(end: number, enough: () => boolean = () => false): Promise<void> {
    for (;;) {
      const next = this.queue.at(-1);
      if (next === undefined || next.at > end || enough()) break;
      this.queue.pop();
      this.time = next.at;
      next.happen();
      if (!this.woke) continue;
      this.woke = false;
      for (let hop = 0; hop < HOPS; hop += 1) await undefined;
    }
    if (!enough()) this.time = end;
  }
}
