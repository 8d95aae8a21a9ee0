import { RuntimeError } from '../errors';

/** A call that was not made, since the circuit to the dependency is open. All calls of one opening share the error. */
export class CircuitOpenError extends RuntimeError {
  override readonly name = 'CircuitOpenError';

  constructor(private readonly left: () => number) {
    super('unavailable', 'the circuit is open: the dependency kept failing');
  }

  /** Milliseconds, from now, until the circuit lets a probe through. */
  get afterMilliseconds(): number {
    return this.left();
  }
}

/** A call that was not made, since as many as may run and wait already do. */
export class BulkheadFullError extends RuntimeError {
  override readonly name = 'BulkheadFullError';

  constructor(limit: number, queue: number) {
    super('unavailable', `the bulkhead is full: ${limit} calls run and ${queue} wait`);
  }
}

/** An attempt that had no answer in its time. */
export class AttemptTimeoutError extends RuntimeError {
  override readonly name = 'AttemptTimeoutError';

  constructor(milliseconds: number) {
    super('unavailable', `no answer within ${milliseconds} ms`);
  }
}

/** Makes an error without its stack, which costs more than everything else in a refusal and says nothing new. */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const settled = Promise.resolve();

/**
 * Rejects in the next microtask, when the caller has had the time to listen. A promise that is rejected before costs
 * Node ten times as much, since it is first noted as one that nobody handles, and then taken off that list.
 */
export function rejectLater(error: unknown): Promise<never> {
  return new Promise((_resolve, reject) => {
    void settled.then(() => reject(error));
  });
}
