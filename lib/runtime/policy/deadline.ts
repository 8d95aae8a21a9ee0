import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, systemClock } from '../clock';
import { RuntimeError } from '../errors';
import { Cancellation, follow } from './cancellation';
import { after } from './timer';

/** What bounds a scope beside its time. */
export interface DeadlineOptions {
  /** @default the machine's monotonic clock */
  readonly clock?: Clock;
  /** Ends the scope early, such as when the client has gone. @default - only the deadline ends it */
  readonly signal?: AbortSignal;
}

/** The time by which a piece of work must be over. It travels with the work through every await. */
export class Deadline extends Cancellation {
  private stopTimer: (() => void) | undefined;
  private leaveOuter: (() => void) | undefined;
  private leaveSignal: (() => void) | undefined;

  /** A scope of `milliseconds`, or of what is left of the one around it if that is less. */
  constructor(
    milliseconds: number,
    private readonly clock: Clock = systemClock,
    signal?: AbortSignal,
  ) {
    super();
    const outer = scope.getStore();
    const now = clock.monotonic();
    const own = now + Math.max(0, milliseconds);
    const outerAt = outer === undefined ? Number.POSITIVE_INFINITY : outer.instantOn(clock, now);
    this.at = Math.min(own, outerAt);
    this.leaveOuter = outer?.listen(reason => this.cancel(reason));
    if (signal !== undefined) this.leaveSignal = follow(this, signal);
    // A scope around this one that ends first has the timer.
    this.own = own < outerAt;
    if (this.at <= now) this.cancel(expired());
    else if (this.own) this.stopTimer = after(clock, own - now, () => this.cancel(expired()));
  }

  /** On the clock's `monotonic`, in milliseconds. */
  readonly at: number;
  /** Whether it ends by its own time, and not by that of a scope around it. */
  readonly own: boolean;

  /** Milliseconds left; 0 when it has passed or was cancelled. */
  remaining(): number {
    return this.cancelled ? 0 : Math.max(0, this.at - this.clock.monotonic());
  }

  /** Runs `work` with this as its deadline; rejects as soon as it is cancelled. To be called once. */
  run<T>(work: (deadline: Deadline) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = this.listen(reason => {
        this.letGo();
        reject(reason);
      });
      if (this.cancelled) return;
      const end = () => {
        leave();
        this.letGo();
      };
      start(this, work).then(
        value => {
          end();
          resolve(value);
        },
        error => {
          end();
          reject(error);
        },
      );
    });
  }

  private letGo(): void {
    this.stopTimer?.();
    this.leaveOuter?.();
    this.leaveSignal?.();
  }

  /** Its instant on another clock, which may have another zero: in a test, never on one machine. */
  private instantOn(clock: Clock, now: number): number {
    return this.clock === clock ? this.at : now + this.remaining();
  }
}

const scope = new AsyncLocalStorage<Deadline>();

/** A `work` that throws at once is the same as one that rejects. */
function start<T>(deadline: Deadline, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  try {
    return scope.run(deadline, work, deadline);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Runs `work` under a deadline that every call inside of it can see. It only ever shrinks: inside of a scope that ends
 * earlier, that one's end holds. Rejects with a `deadline` error when the time is over, whether or not the work listens
 * to `deadline.signal`; work that does not listen goes on unheard, so pass the signal to whatever takes one.
 *
 * @throws RuntimeError `deadline` when the time is over; the signal's reason when it aborts
 */
export function withDeadline<T>(
  milliseconds: number,
  work: (deadline: Deadline) => Promise<T>,
  options: DeadlineOptions = {},
): Promise<T> {
  return new Deadline(milliseconds, options.clock, options.signal).run(work);
}

/** Runs `work` without the deadline around it: for what outlives the request that started it, such as a shared load. */
export function withoutDeadline<T>(work: () => T): T {
  return scope.exit(work);
}

/** The deadline of this scope, with its `signal`; undefined outside of any. */
export function currentDeadline(): Deadline | undefined {
  return scope.getStore();
}

/** Milliseconds left in this scope; `Infinity` outside of any. */
export function remaining(): number {
  return scope.getStore()?.remaining() ?? Number.POSITIVE_INFINITY;
}

/** The error of a deadline that has passed. */
export function expired(): RuntimeError {
  return new RuntimeError('deadline', 'the time for this work is over');
}
