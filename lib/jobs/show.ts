import { isOutboxId } from '../runtime/jobs/job-message';
import { redact, redactText } from '../runtime/telemetry/redaction';
import type { JobsContext } from './context';

/** One attempt, as it was recorded. */
export interface ShownAttempt {
  readonly kind: string;
  readonly messageId: string | null;
  readonly epoch: number;
  readonly region: string;
  readonly worker: string;
  readonly correlationId: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outcome: string;
  readonly code: string | null;
  readonly reason: string | null;
}

/** Work that is or was owed. */
export interface ShownOwed {
  readonly correlationId: string;
  readonly createdAt: Date;
  readonly epochSent: number | null;
  readonly sentAt: Date | null;
  readonly closedAt: Date | null;
  readonly closedEpoch: number | null;
}

/** A message that is set aside. */
export interface ShownParked {
  readonly queue: string;
  readonly id: string;
  readonly region: string;
  /** Secrets are hidden. */
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly code: string;
  readonly receiveCount: number;
  readonly correlationId: string;
  readonly parkedAt: Date;
  readonly replayedAt: Date | null;
  readonly replayedBy: string | null;
  readonly replayReason: string | null;
  readonly replayedEpoch: number | null;
}

/** All that is known of one job. */
export interface ShownJob {
  readonly id: string;
  /** Oldest first; the newest of at most 200. */
  readonly attempts: readonly ShownAttempt[];
  readonly owed?: ShownOwed;
  readonly parked: readonly ShownParked[];
}

const ATTEMPTS = `SELECT * FROM (SELECT id, kind, message_id AS "messageId", epoch::float8 AS epoch, region, worker,
    correlation_id AS "correlationId", started_at AS "startedAt", ended_at AS "endedAt", outcome, code, reason
  FROM job_attempts WHERE job_id = $1 OR (message_id = $1 AND outcome <> 'done')
  ORDER BY id DESC LIMIT 200) newest ORDER BY id`;

const OWED = `SELECT correlation_id AS "correlationId", created_at AS "createdAt", epoch_sent::float8 AS "epochSent",
    sent_at AS "sentAt", closed_at AS "closedAt", closed_epoch::float8 AS "closedEpoch"
  FROM outbox WHERE order_id = $1::uuid`;

const PARKED = `SELECT queue, id, region, body, attributes, reason, code, receive_count AS "receiveCount",
    correlation_id AS "correlationId", parked_at AS "parkedAt", replayed_at AS "replayedAt",
    replayed_by AS "replayedBy", replay_reason AS "replayReason", replayed_epoch::float8 AS "replayedEpoch"
  FROM parked_messages WHERE id = ANY($1) ORDER BY parked_at`;

/** All that the active Region's database knows of a job, by the id of its order or of a message. `undefined`: nothing. */
export async function showJob({ database }: JobsContext, id: string): Promise<ShownJob | undefined> {
  const attempts = (await database.query<ShownAttempt & { id?: unknown }>(ATTEMPTS, [id])).rows;
  const messages = new Set([id, ...attempts.map(({ messageId }) => messageId ?? id)]);
  const parked = (await database.query<ShownParked>(PARKED, [[...messages]])).rows;
  const owed = isOutboxId(id) ? (await database.query<ShownOwed>(OWED, [id])).rows[0] : undefined;
  if (attempts.length === 0 && parked.length === 0 && owed === undefined) return undefined;
  return {
    id,
    attempts: attempts.map(({ id: _number, ...attempt }) => attempt),
    ...(owed === undefined ? {} : { owed }),
    parked: parked.map(row => ({
      ...row,
      body: hideSecrets(row.body),
      reason: redactText(row.reason),
      attributes: redact(row.attributes) as Record<string, unknown>,
    })),
  };
}

/** By the names of its fields where the body is JSON, and by shape in any case. */
function hideSecrets(body: string): string {
  try {
    return JSON.stringify(redact(JSON.parse(body)));
  } catch {
    return redactText(body);
  }
}
