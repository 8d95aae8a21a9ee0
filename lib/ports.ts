/**
 * The ports of the engines: what they ask of the outside. Nothing outside `bin/`, adapters and handler entries
 * touches the console, the clock, randomness or an SDK client.
 */

/** Time, so that tests can drive it. */
export interface Clock {
  /** Wall-clock time, for people and records; never used to measure a duration. */
  now(): Date;
  /** Milliseconds on a clock that never jumps; its zero has no meaning. */
  monotonic(): number;
  /** Resolves after `milliseconds`; rejects with an `aborted` error as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A message to the operator: coded and typed, so that text, JSON and tests read the same events. */
export interface OutputEvent {
  /** Stable code, such as `lab.process.started`. */
  readonly code: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** One line for a person. */
  readonly text: string;
  /** The same facts for a machine; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Where progress goes: standard error as lines, or nowhere in a test. */
export interface Output {
  emit(event: OutputEvent): void;
}
