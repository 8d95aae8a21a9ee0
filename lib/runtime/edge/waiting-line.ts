import { PRIORITIES, type Priority, WEIGHTS } from './priority';

/** One that waits. */
export interface Waiting {
  readonly since: number;
  readonly admit: () => void;
  readonly refuse: () => void;
}

/** One class: first in, first out, in constant time. */
class Lane {
  private items: (Waiting | undefined)[] = [];
  private head = 0;
  credit = 0;

  constructor(readonly weight: number) {}

  get length(): number {
    return this.items.length - this.head;
  }

  get first(): Waiting | undefined {
    return this.items[this.head];
  }

  push(waiting: Waiting): void {
    this.items.push(waiting);
  }

  pop(): Waiting | undefined {
    return this.length === 0 ? undefined : this.items.pop();
  }

  shift(): Waiting | undefined {
    const first = this.first;
    if (first === undefined) return undefined;
    this.items[this.head] = undefined;
    this.head += 1;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    if (this.length === 0) this.credit = 0;
    return first;
  }
}

/** Those that wait, by priority; whose turn it is is decided by weight (smooth weighted round robin). */
export class WaitingLine {
  private readonly lanes = PRIORITIES.map(priority => new Lane(WEIGHTS[priority]));
  private count = 0;

  /** How many wait. */
  get length(): number {
    return this.count;
  }

  /** Since when the one who waits longest does. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { first } of this.lanes) {
      if (first !== undefined && (oldest === undefined || first.since < oldest)) oldest = first.since;
    }
    return oldest;
  }

  push(priority: Priority, waiting: Waiting): void {
    (this.lanes[PRIORITIES.indexOf(priority)] as Lane).push(waiting);
    this.count += 1;
  }

  /** Takes out whose turn it is. */
  next(): Waiting | undefined {
    let chosen: Lane | undefined;
    let total = 0;
    for (const lane of this.lanes) {
      if (lane.length === 0) continue;
      total += lane.weight;
      lane.credit += lane.weight;
      if (chosen === undefined || lane.credit > chosen.credit) chosen = lane;
    }
    if (chosen === undefined) return undefined;
    chosen.credit -= total;
    this.count -= 1;
    return chosen.shift();
  }

  /** Takes out everyone who waits since before `time`. */
  *expired(time: number): Generator<Waiting> {
    for (const lane of this.lanes) {
      while ((lane.first?.since ?? Number.POSITIVE_INFINITY) < time) {
        this.count -= 1;
        yield lane.shift() as Waiting;
      }
    }
  }

  /** Takes out the newest of a class that matters less than `priority`, if one waits: it has lost least. */
  lesser(priority: Priority): Waiting | undefined {
    for (let index = this.lanes.length - 1; index > PRIORITIES.indexOf(priority); index -= 1) {
      const waiting = this.lanes[index]?.pop();
      if (waiting === undefined) continue;
      this.count -= 1;
      return waiting;
    }
    return undefined;
  }
}
