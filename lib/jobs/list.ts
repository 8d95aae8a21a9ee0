import { HoldfastError } from '../errors';
import type { Queryable } from '../runtime/database/database';
import { redactText } from '../runtime/telemetry/redaction';
import type { JobsContext } from './context';
import { peekStranded } from './stranded';

/**
 * Where a job stands. `done`: its effect stands. `failed`: its last attempt failed and its message stays in its
 * queue. `parked`: set aside, and nothing happens until it is replayed. `owed`: an outbox row is open. `stranded`: a
 * message lies in a queue from which no worker takes: that of a Region which is not active, or one of dead letters.
 */
export const JOB_STATES = ['done', 'failed', 'parked', 'owed', 'stranded'] as const;
/** One of {@link JOB_STATES}. */
export type JobState = (typeof JOB_STATES)[number];

/** Which jobs; what is left out does not narrow. */
export interface JobFilter {
  readonly state?: JobState;
  readonly region?: string;
  readonly kind?: string;
  /** In id, message id, correlation id, code, reason or body; upper and lower case are the same. */
  readonly contains?: string;
  readonly since?: Date;
  /** Up to and not including. */
  readonly until?: Date;
}

/** One job, as a line of a list. */
export interface Job {
  readonly id: string;
  readonly state: JobState;
  readonly kind: string;
  /** Region whose queue or worker it is; for an owed one the active Region, whose relay sends it. */
  readonly region: string;
  /** Epoch of the attempt, or under which it was sent; `null` where it was never sent. */
  readonly epoch: number | null;
  /** When the attempt ended, it was parked, it was sent, or, never sent, it became due. */
  readonly at: Date;
  readonly correlationId: string;
  readonly messageId: string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

/** A branch a state: each gives the columns of {@link Job}, with `text` to search in. */
const BRANCHES: Readonly<Record<Exclude<JobState, 'stranded'>, string>> = {
  done: attempts('done', ''),
  failed: attempts(
    'failed',
    'AND NOT EXISTS (SELECT FROM job_attempts later WHERE later.job_id = a.job_id AND later.id > a.id)',
  ),
  parked: `SELECT id, 'parked' AS state, 'message' AS kind, region, NULL::float8 AS epoch, parked_at AS at,
      correlation_id AS "correlationId", id AS "messageId", code, reason,
      concat_ws(' ', id, correlation_id, code, reason, body) AS text
    FROM parked_messages WHERE replayed_at IS NULL`,
  owed: `SELECT order_id::text AS id, 'owed' AS state, 'fulfil' AS kind, $5::text AS region,
      epoch_sent::float8 AS epoch, coalesce(sent_at, created_at) AS at, correlation_id AS "correlationId", NULL AS "messageId",
      NULL AS code, CASE WHEN epoch_sent IS NULL THEN 'not sent yet'
        WHEN epoch_sent < $6::bigint THEN 'sent under an older epoch' ELSE 'sent, not done yet' END AS reason,
      concat_ws(' ', order_id, correlation_id) AS text
    FROM outbox WHERE closed_at IS NULL AND ($9::boolean OR epoch_sent >= $6::bigint)`,
};

function attempts(outcome: string, also: string): string {
  return `SELECT job_id AS id, '${outcome}' AS state, kind, region, epoch::float8 AS epoch, ended_at AS at,
      correlation_id AS "correlationId", message_id AS "messageId", code, reason,
      concat_ws(' ', job_id, message_id, correlation_id, code, reason) AS text
    FROM job_attempts a WHERE outcome = '${outcome}' ${also}`;
}

/**
 * Lists jobs: of one state, or of every state that the database knows. A list of stranded ones peeks into queues,
 * which raises the receive counts of what it shows.
 *
 * @param order `newest` for a list, `oldest` for a replay, which takes what waited longest, and leaves what the relay is about to send
 */
export async function listJobs(
  context: JobsContext,
  filter: JobFilter,
  limit: number,
  order: 'newest' | 'oldest' = 'newest',
): Promise<readonly Job[]> {
  if (filter.state === 'stranded') return peekStranded(context, filter, limit);
  const { region, epoch } = context.active;
  const branches = filter.state === undefined ? Object.values(BRANCHES) : [BRANCHES[filter.state]];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const { rows } = await context.database.query<Job>(
    `SELECT id, state, kind, region, epoch, at, "correlationId", "messageId", code, reason
      FROM (${branches.join(' UNION ALL ')}) j
      WHERE ($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2)
        AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR region = $4)
        AND ($5::text IS NOT NULL AND $6::bigint IS NOT NULL AND $9::boolean IS NOT NULL)
        AND ($7::text IS NULL OR position(lower($7) in lower(text)) > 0)
      ORDER BY at ${direction}, id LIMIT $8`,
    [
      filter.since ?? null,
      filter.until ?? null,
      filter.kind ?? null,
      filter.region ?? null,
      region,
      epoch,
      filter.contains ?? null,
      limit,
      order === 'newest',
    ],
  );
  return rows.map(row => ({ ...row, reason: row.reason === null ? null : redactText(row.reason) }));
}

/** How much of each kind waits for somebody or something. */
export interface JobTotals {
  readonly owed: number;
  /** Owed and not sent under the present epoch. */
  readonly unsent: number;
  /** Of those, what was sent under an older epoch, or never in five seconds: what was placed just now is on its way. */
  readonly unsentLate: number;
  /** Seconds since the oldest owed job became due; `null` where none is owed. */
  readonly oldestOwedSeconds: number | null;
  readonly parked: number;
  readonly oldestParkedSeconds: number | null;
  /** Jobs whose last attempt failed, in the last day. */
  readonly failed: number;
}

/** Counts what is owed, parked and failing. */
export async function jobTotals(database: Queryable, epoch: number): Promise<JobTotals> {
  const { rows } = await database.query<JobTotals>(
    `SELECT o.*, p.*, f.* FROM
      (SELECT count(*)::int AS owed,
        (count(*) FILTER (WHERE epoch_sent IS NULL OR epoch_sent < $1))::int AS unsent,
        (count(*) FILTER (WHERE epoch_sent < $1
          OR (epoch_sent IS NULL AND created_at < now() - interval '5 seconds')))::int AS "unsentLate",
        extract(epoch FROM now() - min(created_at))::float8 AS "oldestOwedSeconds"
        FROM outbox WHERE closed_at IS NULL) o,
      (SELECT count(*)::int AS parked,
        extract(epoch FROM now() - min(parked_at))::float8 AS "oldestParkedSeconds"
        FROM parked_messages WHERE replayed_at IS NULL) p,
      (SELECT count(*)::int AS failed FROM (${BRANCHES.failed} AND ended_at > now() - interval '1 day') j) f`,
    [epoch],
  );
  const [totals] = rows;
  if (totals === undefined) throw new HoldfastError('unavailable', 'the database counted nothing');
  return totals;
}
