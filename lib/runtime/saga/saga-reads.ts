import type { Queryable } from '../database/database';
import type { SagaDirection } from './saga';
import type { SagaStatus } from './saga-machine';
import { CLAIMABLE_SAGA } from './saga-schema';

/** One saga, for a person. Times in ISO 8601. */
export interface SagaView {
  readonly id: string;
  readonly name: string;
  readonly status: SagaStatus;
  readonly direction: SagaDirection;
  /** Index of the step in hand. */
  readonly step: number;
  readonly attempts: number;
  readonly epoch: number;
  readonly correlationId: string;
  readonly dueAt: string;
  readonly createdAt: string;
}

/** One attempt. */
export interface SagaStepView {
  readonly step: string;
  readonly direction: SagaDirection;
  readonly attempt: number;
  readonly token: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly epoch: number;
  readonly worker: string;
  readonly at: string;
}

const time = (column: string, name: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${name}"`;
const SAGA = `id, name, status, direction, step, attempts, epoch::float8 AS epoch,
  correlation_id AS "correlationId", ${time('due_at', 'dueAt')}, ${time('created_at', 'createdAt')}`;

/** Sagas of one status, the oldest first: `stuck` are those that wait for a person. */
export async function listSagas(
  database: Queryable,
  status: SagaStatus,
  limit = 100,
): Promise<readonly SagaView[]> {
  const { rows } = await database.query<SagaView>(
    `SELECT ${SAGA} FROM sagas WHERE status = $1 ORDER BY created_at LIMIT $2`,
    [status, limit],
  );
  return rows;
}

/** Sagas that are not over. */
export interface SagaCounts {
  readonly running: number;
  /** Those that wait for a person. */
  readonly stuck: number;
  /** Age of the oldest of both in seconds, by the clock of the database; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** Whether there is a saga of these names that a claim under `epoch` would get; reads alone. */
export async function hasDueSaga(
  database: Queryable,
  names: readonly string[],
  epoch: number,
): Promise<boolean> {
  const { rows } = await database.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM sagas WHERE ${CLAIMABLE_SAGA}) AS found`,
    [names, epoch],
  );
  return rows[0]?.found !== false;
}

/** How many sagas are not over; reads alone. */
export async function sagaCounts(database: Queryable): Promise<SagaCounts> {
  const { rows } = await database.query<SagaCounts>(
    `SELECT (count(*) FILTER (WHERE status = 'running'))::float8 AS running,
        (count(*) FILTER (WHERE status = 'stuck'))::float8 AS stuck,
        coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(created_at))), 0)::float8 AS "oldestSeconds"
       FROM sagas WHERE status IN ('running', 'stuck')`,
  );
  return rows[0] ?? { running: 0, stuck: 0, oldestSeconds: 0 };
}

/** A saga and every attempt at it whose outcome was recorded, in order; `undefined` when there is none. */
export async function sagaHistory(
  database: Queryable,
  id: string,
): Promise<{ readonly saga: SagaView; readonly steps: readonly SagaStepView[] } | undefined> {
  const found = await database.query<SagaView>(`SELECT ${SAGA} FROM sagas WHERE id = $1`, [id]);
  const saga = found.rows[0];
  if (saga === undefined) return undefined;
  const { rows } = await database.query<SagaStepView>(
    `SELECT step, direction, attempt, token, outcome, reason, epoch::float8 AS epoch, worker, ${time('at', 'at')}
       FROM saga_steps WHERE saga_id = $1 ORDER BY number`,
    [id],
  );
  return { saga, steps: rows };
}
