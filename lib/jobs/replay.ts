import type { Queryable } from '../runtime/database/database';
import { reasonOf } from '../runtime/errors';
import { isOutboxId, outboxIdOf, readdress } from '../runtime/jobs/job-message';
import type { JobsContext } from './context';
import { type Job, type JobFilter, listJobs } from './list';
import { replayStranded } from './replay-stranded';
import { type Replayed, record, replayOwed, tell } from './replayed';

/** Which jobs are to run again, and why. */
export interface ReplayRequest {
  /** Ids of orders or messages. @default - what the filter finds, oldest first */
  readonly ids?: readonly string[];
  /** @default - every job of the state; without ids a state must be given */
  readonly filter: JobFilter;
  /** Most jobs in one run. */
  readonly maximum: number;
  /** Why, kept with each job. */
  readonly reason?: string;
}

/** A replay that ended, or was interrupted between two jobs; what is left is taken by the same command again. */
export interface ReplayReport {
  readonly jobs: readonly Replayed[];
  /** Whether the maximum was reached, so that there may be more. */
  readonly bounded: boolean;
  readonly interrupted: boolean;
}

/** Has jobs run again, one transaction each. A failure of one does not stop the others. */
export async function replayJobs(context: JobsContext, request: ReplayRequest): Promise<ReplayReport> {
  const { filter, maximum } = request;
  if (filter.state === 'stranded' && request.ids === undefined) {
    return toReport(context, await replayStranded(context, request), maximum);
  }
  const ids = (request.ids ?? (await listJobs(context, filter, maximum, 'oldest')).map(idToReplay)).slice(
    0,
    maximum,
  );
  const jobs: Replayed[] = [];
  for (const id of ids) {
    if (context.signal.aborted) break;
    const job = await replayOne(context, id, request.reason);
    jobs.push(job);
    tell(context, job, jobs.length, ids.length);
  }
  return { ...toReport(context, jobs, maximum), bounded: (request.ids ?? ids).length >= maximum };
}

/** A parked job is named by its message, since an order may have several. */
export const idToReplay = ({ id, state, messageId }: Job): string =>
  state === 'parked' ? (messageId ?? id) : id;

/** What has one job run again is one transaction under lease and fence; the row that it locks decides. Never rejects. */
async function replayOne(context: JobsContext, id: string, reason?: string): Promise<Replayed> {
  const { fenced, active } = context;
  try {
    return await fenced.run(active.epoch, async transaction => {
      const parked = await replayParked(context, transaction, id, reason);
      if (parked !== undefined) return { id, ...parked };
      if (isOutboxId(id)) {
        const owed = await replayOwed(context, transaction, id, { reason });
        if (owed !== 'unknown') return { id, result: owed };
      }
      return { id, ...(await elsewhere(transaction, id)) };
    });
  } catch (error) {
    return { id, result: 'failed', reason: reasonOf(error) };
  }
}

interface ParkedRow {
  readonly queue: string;
  readonly id: string;
  readonly region: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly replayed: boolean;
  readonly by: string | null;
}

const PARKED = `SELECT queue, id, region, body, attributes, correlation_id AS "correlationId",
    replayed_at IS NOT NULL AS replayed, replayed_by AS by
  FROM parked_messages WHERE id = $1 ORDER BY replayed_at NULLS FIRST, queue LIMIT 1 FOR UPDATE`;

/**
 * Sends a parked message again and marks it, with its row locked meanwhile: a second operator waits and finds it
 * marked. The mark commits after the queue took the message, so a crash in between sends it twice, which is harmless
 * where never is not.
 */
async function replayParked(
  context: JobsContext,
  transaction: Queryable,
  id: string,
  reason?: string,
): Promise<Omit<Replayed, 'id'> | undefined> {
  const { rows } = await transaction.query<ParkedRow>(PARKED, [id]);
  const row = rows[0];
  if (row === undefined) return undefined;
  if (row.replayed) return { result: 'already', reason: `replayed by ${row.by}` };
  const { region, epoch } = context.active;
  const attributes = { ...row.attributes, correlationId: row.correlationId, epoch: String(epoch) };
  // The key under which its first receipt would have taken effect, however often it is sent again.
  const idempotencyKey = row.attributes.idempotencyKey || id;
  context.fenced.requireLease(epoch);
  await context.queue(region, 'work').send({
    id: '0',
    body: readdress(row.body, epoch),
    attributes: { ...attributes, idempotencyKey, replayOf: id },
  });
  await transaction.query(
    `UPDATE parked_messages SET replayed_at = now(), replayed_by = $3, replay_reason = $4, replayed_epoch = $5
      WHERE queue = $1 AND id = $2`,
    [row.queue, id, context.operator, reason ?? null, epoch],
  );
  const { correlationId } = row;
  await record(context, transaction, {
    jobId: outboxIdOf(row.body) ?? id,
    messageId: id,
    correlationId,
    outcome: 'replayed',
    reason,
  });
  return { result: 'replayed' };
}

/** A job that is neither parked nor in the outbox: its message comes again by itself, or nobody knows it. */
async function elsewhere(transaction: Queryable, id: string): Promise<Omit<Replayed, 'id'>> {
  const { rows } = await transaction.query<{ outcome: string }>(
    'SELECT outcome FROM job_attempts WHERE job_id = $1 ORDER BY id DESC LIMIT 1',
    [id],
  );
  if (rows[0]?.outcome !== 'failed') return { result: 'unknown' };
  return { result: 'in-queue', reason: 'its message was left in its queue, or lies in the dead letters' };
}

const toReport = ({ signal }: JobsContext, jobs: readonly Replayed[], maximum: number): ReplayReport => ({
  jobs,
  bounded: jobs.length >= maximum,
  interrupted: signal.aborted,
});
