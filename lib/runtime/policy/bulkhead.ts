import type { Cancellation } from './cancellation';
import { BulkheadFullError, rejectLater, withoutStack } from './refusals';

/** Bounds of a bulkhead. */
export interface BulkheadOptions {
  /** Most calls that run at once. */
  readonly limit: number;
  /** Most calls that wait for one to end. @default 0 */
  readonly queue?: number;
}

interface Waiter {
  readonly admit: () => void;
}

/**
 * Keeps one slow dependency from taking everything: so many calls run, so many wait, in order of arrival, and the rest
 * is refused at once. A slot is handed from the call that ends to the first that waits, so that there is no moment in
 * which it belongs to nobody.
 */
export class Bulkhead {
  readonly limit: number;
  readonly queue: number;
  private inside = 0;
  private readonly waiters = new Set<Waiter>();

  /** @throws RangeError when a bound is not a whole number, or no call could ever run */
  constructor({ limit, queue = 0 }: BulkheadOptions) {
    if (!Number.isInteger(limit) || limit < 1 || !Number.isInteger(queue) || queue < 0) {
      throw new RangeError(`limit is ${limit} and queue ${queue}; use whole numbers, the limit 1 or more`);
    }
    this.limit = limit;
    this.queue = queue;
  }

  /** Calls that run. */
  get running(): number {
    return this.inside;
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.waiters.size;
  }

  /** Takes a slot if one is free. Whoever has one must {@link leave}. */
  tryEnter(): boolean {
    if (this.inside >= this.limit) return false;
    this.inside += 1;
    return true;
  }

  /** Waits for a slot, or until `call` is cancelled; rejects at once when the queue is full. */
  wait(call: Cancellation): Promise<void> {
    if (this.waiters.size >= this.queue) {
      return rejectLater(withoutStack(() => new BulkheadFullError(this.limit, this.queue)));
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          stop();
          resolve();
        },
      };
      this.waiters.add(waiter);
      const stop = call.listen(reason => {
        this.waiters.delete(waiter);
        reject(reason);
      });
    });
  }

  /** Gives the slot to the first that waits, or back. */
  leave(): void {
    const [first] = this.waiters;
    if (first === undefined) {
      this.inside -= 1;
      return;
    }
    this.waiters.delete(first);
    first.admit();
  }
}
