import type { Queryable } from '../runtime/database/database';
import { type JobAttempt, recordAttempt } from '../runtime/jobs/job-history';
import { lockRow } from '../runtime/outbox/outbox';
import type { JobsContext } from './context';

/**
 * What became of one job that was to run again. `replayed`: it is on its way under the present epoch. `done`: the
 * database says that it is done; nothing was sent. `already`: somebody had it run again before. `parked`: it names
 * nothing that the database knows, and is set aside whole. `in-queue`: its message comes again by itself.
 * `unknown`: there is no such job. `failed`: the replay itself failed, and may be tried again.
 */
export type ReplayResult = 'replayed' | 'done' | 'already' | 'parked' | 'in-queue' | 'unknown' | 'failed';

/** One job of a replay. */
export interface Replayed {
  readonly id: string;
  readonly result: ReplayResult;
  /** Why, where that is not plain. */
  readonly reason?: string;
}

/** What a replay records of itself. */
export async function record(
  { active, operator, clock }: JobsContext,
  transaction: Queryable,
  facts: Pick<JobAttempt, 'jobId' | 'messageId' | 'correlationId' | 'outcome' | 'reason'>,
): Promise<void> {
  const worker = `operator:${operator}`;
  await recordAttempt(transaction, { ...active, kind: 'replay', worker, startedAt: clock.now(), ...facts });
}

/**
 * Makes an open row due again: the relay of the active Region sends it under the present epoch, as it sends all
 * others. A closed row is done, and nothing is sent.
 */
export async function replayOwed(
  context: JobsContext,
  transaction: Queryable,
  id: string,
  { reason, messageId }: { readonly reason?: string; readonly messageId?: string },
): Promise<'replayed' | 'done' | 'already' | 'unknown'> {
  const row = await lockRow(transaction, id);
  if (row === undefined) return 'unknown';
  if (row.closed) return 'done';
  const { epoch } = context.active;
  const due = row.epochSent === null || row.epochSent < epoch;
  if (due && messageId === undefined) return 'already';
  await transaction.query('UPDATE outbox SET epoch_sent = NULL WHERE order_id = $1', [id]);
  const { correlationId } = row;
  await record(context, transaction, { jobId: id, messageId, correlationId, outcome: 'replayed', reason });
  return 'replayed';
}

/** Tells how far a replay is. */
export function tell({ output }: JobsContext, job: Replayed, count: number, of?: number): void {
  const total = of === undefined ? '' : `/${of}`;
  const why = job.reason === undefined ? '' : `: ${job.reason}`;
  const level = job.result === 'failed' ? 'warn' : 'info';
  output.emit({
    code: 'jobs.replay',
    level,
    text: `${count}${total} ${job.id} ${job.result}${why}`,
    data: { ...job },
  });
}
