import type { Queryable } from '../database/database';
import type { FencedTransactions } from '../database/fence';
import { begin, FIRST_STATE, isOver, type SagaState } from './saga-machine';
import { CLAIMABLE_SAGA } from './saga-schema';
import type { AfterRecord, AttemptEntry, ClaimedSaga, ClaimRequest, SagaStore } from './saga-store';

/** A saga that is to begin. */
export interface NewSaga {
  /**
   * Made from what asked for it, such as the hash of a client's idempotency key: whoever asks again, after the first
   * asking was lost with its Region, meets the same tokens at the outside party.
   */
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly input: unknown;
  readonly correlationId: string;
  readonly epoch: number;
  /**
   * Whether it may have begun under this id before and been lost: while a client may still ask again for what it asked
   * in an older epoch. Only an answer turns such a saga back, never silence.
   */
  readonly mayHaveBegun: boolean;
}

/** Begins a saga inside the transaction that makes it due; returns false when it is there already. */
export async function startSaga(transaction: Queryable, saga: NewSaga): Promise<boolean> {
  const { status, direction, step, attempts, reached, outcomes } = FIRST_STATE;
  const { rowCount } = await transaction.query(
    `INSERT INTO sagas (id, name, input, correlation_id, epoch, status, direction, step, attempts, reached, moved,
        outcomes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`,
    [
      saga.id,
      saga.name,
      JSON.stringify(saga.input ?? null),
      saga.correlationId,
      saga.epoch,
      status,
      direction,
      step,
      attempts,
      reached,
      saga.mayHaveBegun,
      JSON.stringify(outcomes),
    ],
  );
  return rowCount === 1;
}

const STATE = 'status, direction, step, attempts, reached, moved, outcomes';

interface Row extends SagaState {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly correlationId: string;
  readonly epoch: number;
  readonly lease: number;
}

/** Sagas in PostgreSQL, see {@link SagaStore}. Tables: `SAGA_SCHEMA`. */
export class PostgresSagaStore implements SagaStore {
  constructor(private readonly fenced: Pick<FencedTransactions, 'run'>) {}

  claim(request: ClaimRequest): Promise<ClaimedSaga | undefined> {
    const { epoch, names, worker, leaseMilliseconds } = request;
    return this.fenced.run(epoch, async transaction => {
      const { rows } = await transaction.query<Row>(
        `SELECT id, name, input, correlation_id AS "correlationId", epoch::float8 AS epoch, lease::float8 AS lease,
            ${STATE}
           FROM sagas WHERE ${CLAIMABLE_SAGA}
          ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [names, epoch],
      );
      const row = rows[0];
      if (row === undefined) return undefined;
      const { id, name, input, correlationId, lease, epoch: before, ...state } = row;
      const claimed = { id, name, input, correlationId, lease: lease + 1, epoch, worker };
      const next = begin(state, before < epoch);
      await this.write(transaction, { ...claimed, state: next }, lease, leaseMilliseconds, 0);
      return { ...claimed, state: next };
    });
  }

  record(
    claimed: ClaimedSaga,
    next: SagaState,
    entry: AttemptEntry,
    then: AfterRecord,
  ): Promise<ClaimedSaga | undefined> {
    return this.fenced.run(claimed.epoch, async transaction => {
      const on = then.go === 'on';
      const stored: ClaimedSaga = { ...claimed, state: on && !isOver(next) ? begin(next, false) : next };
      const lease = on ? then.leaseMilliseconds : undefined;
      const pause = then.go === 'later' ? then.pauseMilliseconds : 0;
      if (!(await this.write(transaction, stored, claimed.lease, lease, pause))) return undefined;
      await transaction.query(
        `INSERT INTO saga_steps (saga_id, step, direction, attempt, token, outcome, reason, epoch, worker)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          claimed.id,
          entry.step,
          entry.direction,
          entry.attempt,
          entry.token,
          entry.outcome,
          entry.reason ?? null,
          claimed.epoch,
          claimed.worker,
        ],
      );
      return on ? stored : undefined;
    });
  }

  /** Writes the state, if the saga still has the lease `held`. */
  private async write(
    transaction: Queryable,
    { id, epoch, lease, worker, state }: ClaimedSaga,
    held: number,
    leaseMilliseconds: number | undefined,
    pauseMilliseconds: number,
  ): Promise<boolean> {
    const { status, direction, step, attempts, reached, moved, outcomes } = state;
    const { rowCount } = await transaction.query(
      `UPDATE sagas SET epoch = $2, lease = $3, status = $4, direction = $5, step = $6, attempts = $7, reached = $8,
          outcomes = $9, moved = $14, leased_until = now() + make_interval(secs => $10::float8 / 1000),
          due_at = greatest(due_at, now() + make_interval(secs => $11::float8 / 1000)), worker = $12, updated_at = now()
        WHERE id = $1 AND lease = $13`,
      [
        id,
        epoch,
        lease,
        status,
        direction,
        step,
        attempts,
        reached,
        JSON.stringify(outcomes),
        leaseMilliseconds ?? null,
        pauseMilliseconds,
        worker,
        held,
        moved,
      ],
    );
    return rowCount === 1;
  }
}
