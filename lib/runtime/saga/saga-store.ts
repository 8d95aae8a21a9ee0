import type { SagaDirection } from './saga';
import type { SagaState } from './saga-machine';

/** A saga in one hand: whoever claims it next gets a higher `lease`, and then this one records nothing any more. */
export interface ClaimedSaga {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly correlationId: string;
  /** With one more attempt begun: stored before it is made. */
  readonly state: SagaState;
  /** Fencing token of this hand. */
  readonly lease: number;
  readonly epoch: number;
  /** Who has it, for the history. */
  readonly worker: string;
}

/** Who claims, and what. */
export interface ClaimRequest {
  /** Names of the sagas that this process has definitions of. */
  readonly names: readonly string[];
  readonly epoch: number;
  readonly worker: string;
  /** For how long nobody else takes it over, in milliseconds; a matter of effort, not of correctness. */
  readonly leaseMilliseconds: number;
}

/** What became of an attempt, for the history. */
export interface AttemptEntry {
  readonly step: string;
  readonly direction: SagaDirection;
  readonly attempt: number;
  readonly token: string;
  /** `ok`, `refused` or `unknown`. */
  readonly outcome: string;
  readonly reason: string | undefined;
}

/** What to do after a record: go on with the next attempt at once, come again after a pause, or nothing. */
export type AfterRecord =
  | { readonly go: 'on'; readonly leaseMilliseconds: number }
  | { readonly go: 'later'; readonly pauseMilliseconds: number }
  | { readonly go: 'over' };

/** Where sagas are kept. Every method is one fenced transaction. */
export interface SagaStore {
  /**
   * Takes the saga that has been due for longest and is in no hand, or in one of an older epoch or whose lease is
   * over; begins an attempt at it.
   */
  claim(request: ClaimRequest): Promise<ClaimedSaga | undefined>;
  /**
   * Stores the state after an attempt, and, to go `on`, with the next one begun.
   * @returns the claim to go on with; `undefined` when it is over, or in another hand by now: then nothing was stored
   */
  record(
    claimed: ClaimedSaga,
    next: SagaState,
    entry: AttemptEntry,
    then: AfterRecord,
  ): Promise<ClaimedSaga | undefined>;
}
