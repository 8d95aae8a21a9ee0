import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import { withCorrelationId } from '../telemetry/correlation';
import type { Logger } from '../telemetry/logger';
import { type SagaCall, type SagaDefinition, type SagaStep, sagaToken, validateSaga } from './saga';
import { type AttemptResult, after, isOver, type SagaState } from './saga-machine';
import type { AfterRecord, ClaimedSaga, SagaStore } from './saga-store';

/** What the runner stands on. */
export interface SagaRunnerOptions {
  readonly store: SagaStore;
  // biome-ignore lint/suspicious/noExplicitAny: sagas of several inputs stand side by side, and each is handed its own
  readonly sagas: readonly SagaDefinition<any>[];
  readonly clock: Clock;
  /** From 0 to below 1, for pauses. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Name of this process, kept in the history. */
  readonly worker: string;
  /** Divides pauses and leases, not the steps' timeouts. @default 1 */
  readonly timeScale?: number;
}

/** First and longest pause before another attempt, in milliseconds. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60_000;
/** What a lease allows for beside the longest attempt: claiming, recording. In milliseconds. */
const LEASE_MARGIN = 5_000;

/**
 * Works sagas that are due, each in one hand at a time. An attempt is stored before it is made and its outcome before
 * the next one, so whoever comes after a crash knows the step of which nobody knows, and asks under the same token.
 */
export class SagaRunner {
  private readonly definitions: ReadonlyMap<string, SagaDefinition>;
  private readonly leaseMilliseconds: number;

  /** @throws RuntimeError `invalid-input` for a definition that is not valid */
  constructor(private readonly options: SagaRunnerOptions) {
    for (const saga of options.sagas) validateSaga(saga);
    this.definitions = new Map(options.sagas.map(saga => [saga.name, saga]));
    const longest = Math.max(
      0,
      ...options.sagas.flatMap(({ steps }) => steps.map(step => step.timeoutMilliseconds)),
    );
    this.leaseMilliseconds = longest + LEASE_MARGIN / (options.timeScale ?? 1);
  }

  /**
   * Takes one saga as far as it goes without a pause; returns whether there was one.
   *
   * @throws RuntimeError `not-active`, `fenced` or `unavailable` of the store; whoever claims it next goes on
   */
  async turn(epoch: number): Promise<boolean> {
    const { store, worker } = this.options;
    const { leaseMilliseconds } = this;
    const names = [...this.definitions.keys()];
    let claimed = await store.claim({ names, epoch, worker, leaseMilliseconds });
    if (claimed === undefined) return false;
    while (claimed !== undefined) {
      const hand: ClaimedSaga = claimed;
      claimed = await withCorrelationId(hand.correlationId, () => this.attempt(hand));
    }
    return true;
  }

  private async attempt(claimed: ClaimedSaga): Promise<ClaimedSaga | undefined> {
    const definition = this.definitions.get(claimed.name) as SagaDefinition;
    const { state } = claimed;
    const step = definition.steps[state.step] as SagaStep;
    const token = sagaToken(claimed.id, step.name, state.direction);
    const result = await this.call(claimed, step, token);
    const next = after(definition, state, result);
    const entry = {
      step: step.name,
      direction: state.direction,
      attempt: state.attempts,
      token,
      outcome: result.kind,
      reason: result.kind === 'ok' ? undefined : result.reason,
    };
    const recorded = await this.options.store.record(claimed, next, entry, this.following(state, next));
    this.tell(claimed, step, next, result);
    return recorded;
  }

  private async call(claimed: ClaimedSaga, step: SagaStep, token: string): Promise<AttemptResult> {
    const { id: sagaId, epoch, input, correlationId, state } = claimed;
    const work = workOf(step, state);
    const taken = Object.entries(state.outcomes).flatMap(([name, outcome]) =>
      outcome.taken ? [[name, outcome.value]] : [],
    );
    const results = Object.fromEntries(taken);
    const call = { sagaId, step: step.name, direction: state.direction, token, epoch, input, results };
    try {
      const value = await this.within(step.timeoutMilliseconds, signal =>
        work({ ...call, correlationId, signal }),
      );
      return { kind: 'ok', value };
    } catch (error) {
      // By name, as in the construct: the class may have come from another bundle.
      const refused = error instanceof Error && error.name === 'Refused';
      return { kind: refused ? 'refused' : 'unknown', reason: reasonOf(error) };
    }
  }

  /** What has no answer in time is unknown; the call itself may go on. */
  private async within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = new AbortController();
    const timer = new AbortController();
    const late = this.options.clock.sleep(milliseconds, timer.signal).then(
      () => {
        attempt.abort();
        throw new RuntimeError('unavailable', `no answer within ${milliseconds} ms`);
      },
      () => new Promise<never>(() => undefined),
    );
    try {
      return await Promise.race([late, Promise.resolve(attempt.signal).then(work)]);
    } finally {
      timer.abort();
    }
  }

  /** A step that went on or back is followed at once; one that is tried again waits, longer each time, at random. */
  private following(before: SagaState, next: SagaState): AfterRecord {
    if (isOver(next)) return { go: 'over' };
    if (next.attempts === 0) return { go: 'on', leaseMilliseconds: this.leaseMilliseconds };
    const { random, timeScale = 1 } = this.options;
    const most = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(before.attempts - 1, 20));
    // Half of it at least: full jitter would let a stuck saga be tried many times in a row.
    return { go: 'later', pauseMilliseconds: (most * (0.5 + random() / 2)) / timeScale };
  }

  private tell(claimed: ClaimedSaga, step: SagaStep, next: SagaState, result: AttemptResult): void {
    const { logger } = this.options;
    const { id: saga, name, epoch, state } = claimed;
    const fields = {
      saga,
      name,
      step: step.name,
      direction: state.direction,
      attempt: state.attempts,
      epoch,
    };
    const reason = result.kind === 'ok' ? undefined : result.reason;
    if (next.status === 'stuck' && state.status !== 'stuck')
      logger.error('saga.stuck', { ...fields, reason });
    else if (isOver(next)) logger.info(`saga.${next.status}`, fields);
    else if (result.kind !== 'ok')
      logger.warn('saga.step-failed', { ...fields, outcome: result.kind, reason });
  }
}

/** A step that cannot be asked about is taken again under its token: the answer to that is the answer. */
function workOf(step: SagaStep, { direction }: SagaState): (call: SagaCall) => Promise<unknown> {
  if (direction === 'undo' && step.compensation !== 'nothing') return step.compensation;
  return direction === 'settle' && step.settle !== undefined ? step.settle : step.action;
}
