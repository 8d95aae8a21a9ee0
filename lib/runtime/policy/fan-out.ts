import { Cancellation } from './cancellation';
import { currentDeadline } from './deadline';
import type { Outcome } from './outcome';

/** What one piece of a fan-out is handed. */
export interface FanOutCall {
  /** Aborts when the scope's deadline is over; made when it is read. */
  readonly signal: AbortSignal;
}

/**
 * Does `work` for each item, at most `limit` at once, and returns what came of each in the order of the items. Never
 * rejects: what failed, and what the deadline of the scope left undone, is in its place as an error, so that the caller
 * decides what a partial answer is worth. After the deadline nothing more is started.
 *
 * @throws RangeError when the limit is not a whole number of 1 or more
 */
export async function fanOut<I, T>(
  items: Iterable<I>,
  limit: number,
  work: (item: I, call: FanOutCall, index: number) => Promise<T>,
): Promise<Outcome<T>[]> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`limit is ${limit}; use a whole number of 1 or more`);
  const todo = [...items];
  const results: Outcome<T>[] = new Array(todo.length);
  const call = new Cancellation();
  const leave = currentDeadline()?.listen(reason => call.cancel(reason));
  let next = 0;
  const one = async () => {
    while (next < todo.length && !call.cancelled) {
      const index = next++;
      results[index] = await outcomeOf(call, () => work(todo[index] as I, call, index));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, todo.length) }, one));
  leave?.();
  for (let index = 0; index < todo.length; index += 1) results[index] ??= { ok: false, error: call.reason };
  return results;
}

/** Settles with the work, or as soon as the call is cancelled. */
function outcomeOf<T>(call: Cancellation, work: () => Promise<T>): Promise<Outcome<T>> {
  return new Promise(resolve => {
    const leave = call.listen(error => resolve({ ok: false, error }));
    const settle = (outcome: Outcome<T>) => {
      leave();
      resolve(outcome);
    };
    (async () => work())().then(
      value => settle({ ok: true, value }),
      error => settle({ ok: false, error }),
    );
  });
}
