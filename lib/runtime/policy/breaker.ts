import type { Clock } from '../clock';
import type { Backoff } from './backoff';
import type { BreakerRule } from './breaker-rules';
import { CircuitOpenError, rejectLater } from './refusals';

/** `closed`: calls pass. `open`: none does. `half-open`: as many probes as were agreed decide. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What a breaker knows, to be kept or handed to another process. */
export interface BreakerSnapshot {
  readonly state: CircuitState;
  /** Milliseconds until probes may pass; a span, since monotonic clocks have no common zero. */
  readonly openMilliseconds: number;
  /** How often it has opened since it was last closed. */
  readonly openings: number;
}

/** What a breaker needs. */
export interface BreakerOptions {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** When it opens. */
  readonly rule: BreakerRule;
  /** How long the n-th opening in a row lasts. */
  readonly openFor: Backoff;
  /** Probes of a half-open circuit: all must succeed. @default 1 */
  readonly probes?: number;
  /** A snapshot to go on from. @default - closed */
  readonly initial?: BreakerSnapshot;
  /** Told of each change. */
  readonly onChange?: (state: CircuitState) => void;
}

/** What `enter` answers when the call may not be made. */
export const REFUSED = -1;

/**
 * Stops calls to what keeps failing, so that it can recover and callers learn at once. A call enters with a ticket and
 * gives it back with its outcome; tickets of an older state count for nothing, however late they come.
 */
export class CircuitBreaker {
  private current: CircuitState = 'closed';
  /** Raised by each change of state; a ticket is the generation that it was given in. */
  private generation = 0;
  private openUntil = 0;
  private openings = 0;
  private probing = 0;
  private passed = 0;
  private error: CircuitOpenError | undefined;
  private readonly probes: number;

  constructor(private readonly options: BreakerOptions) {
    this.probes = options.probes ?? 1;
    const { initial } = options;
    if (initial === undefined || initial.state === 'closed') return;
    // Probes in flight elsewhere are not ours: what was half-open probes anew.
    this.current = 'open';
    this.openings = initial.openings;
    this.openUntil = options.clock.monotonic() + initial.openMilliseconds;
  }

  get state(): CircuitState {
    return this.current;
  }

  /** Probes that are on their way. */
  get probesInFlight(): number {
    return this.current === 'half-open' ? this.probing : 0;
  }

  toJSON(): BreakerSnapshot {
    const open = this.current === 'open';
    return {
      state: this.current,
      openMilliseconds: open ? Math.max(0, this.openUntil - this.options.clock.monotonic()) : 0,
      openings: this.openings,
    };
  }

  /** Whether a call would be refused now; changes nothing. */
  refuses(): boolean {
    if (this.current === 'closed') return false;
    if (this.current === 'open') return this.options.clock.monotonic() < this.openUntil;
    return this.probing + this.passed >= this.probes;
  }

  /** A ticket for one call, or {@link REFUSED}. Every ticket must come back by exactly one of the three below. */
  enter(): number {
    if (this.current === 'closed') return this.generation;
    if (this.refuses()) return REFUSED;
    if (this.current === 'open') this.change('half-open');
    this.probing += 1;
    return this.generation;
  }

  /** The dependency answered. */
  succeeded(ticket: number): void {
    if (ticket !== this.generation) return;
    if (this.current === 'closed') {
      this.options.rule.succeeded(this.options.clock.monotonic());
      return;
    }
    this.probing -= 1;
    this.passed += 1;
    if (this.passed < this.probes) return;
    this.openings = 0;
    this.options.rule.clear();
    this.change('closed');
  }

  /** The dependency did not answer, or said that it cannot. */
  failed(ticket: number): void {
    if (ticket !== this.generation) return;
    const now = this.options.clock.monotonic();
    if (this.current === 'closed' && !this.options.rule.failed(now)) return;
    this.openings += 1;
    this.openUntil = now + this.options.openFor(this.openings, this.options.random);
    this.change('open');
  }

  /** The call was given up by its caller and says nothing about the dependency. */
  ignored(ticket: number): void {
    if (ticket === this.generation && this.current === 'half-open') this.probing -= 1;
  }

  /** Rejects with the error of a refused call. */
  refuse(): Promise<never> {
    return rejectLater(this.refusal());
  }

  /** The error of a refused call: one for each generation, since making it costs more than all else in a refusal. */
  refusal(): CircuitOpenError {
    this.error ??= new CircuitOpenError(() => Math.max(0, this.openUntil - this.options.clock.monotonic()));
    return this.error;
  }

  private change(state: CircuitState): void {
    this.current = state;
    this.generation += 1;
    this.probing = 0;
    this.passed = 0;
    this.error = undefined;
    this.options.onChange?.(state);
  }
}
