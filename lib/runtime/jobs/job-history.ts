import type { Queryable } from '../database/database';
import { redactText } from '../telemetry/redaction';

/**
 * How an attempt ended. `done`: its effect stands. `duplicate`: it stood before. `failed`: the message stays in its
 * queue. `parked`: set aside whole. `replayed`: a person had it run again. `dropped`: a person had it removed, since
 * the database says that it is done.
 */
export type JobOutcome = 'done' | 'duplicate' | 'failed' | 'parked' | 'replayed' | 'dropped';

/** One attempt at one job. */
export interface JobAttempt {
  /** Id of what was to be done, such as an order; of the message where it names nothing. */
  readonly jobId: string;
  /** What was to be done, such as `fulfil`. */
  readonly kind: string;
  /** Message that asked for it. @default - none did */
  readonly messageId?: string;
  readonly epoch: number;
  readonly region: string;
  /** Process, or person as `operator:<name>`. */
  readonly worker: string;
  readonly correlationId: string;
  readonly startedAt: Date;
  readonly outcome: JobOutcome;
  /** Code of the error. @default - none */
  readonly code?: string;
  /** Why, for people; secrets are hidden before it is kept. @default - none */
  readonly reason?: string;
}

/** Longest reason that is kept, in characters. */
const LONGEST_REASON = 500;

/** Records an attempt. Its parameters are those of {@link attemptValues}; the first three are id, epoch and worker. */
export const INSERT_ATTEMPT = `INSERT INTO job_attempts (job_id, epoch, worker, kind, message_id, region,
    correlation_id, started_at, outcome, code, reason)
  VALUES ($1::text, $2::bigint, $3::text, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** The parameters of {@link INSERT_ATTEMPT}. */
export function attemptValues(attempt: JobAttempt): readonly unknown[] {
  const { jobId, epoch, worker, kind, messageId, region, correlationId, startedAt, outcome } = attempt;
  const reason = attempt.reason && redactText(attempt.reason).slice(0, LONGEST_REASON);
  return [
    jobId,
    epoch,
    worker,
    kind,
    messageId ?? null,
    region,
    correlationId,
    startedAt,
    outcome,
    attempt.code ?? null,
    reason ?? null,
  ];
}

/** Records an attempt, in the transaction of its effect where there is one. */
export async function recordAttempt(transaction: Queryable, attempt: JobAttempt): Promise<void> {
  await transaction.query(INSERT_ATTEMPT, attemptValues(attempt));
}

/** Forgets at most `limit` attempts, and as many replayed messages, that are older than `days`; returns how many. */
export async function purgeJobs(transaction: Queryable, days: number, limit: number): Promise<number> {
  const values = [days, limit];
  const attempts = await transaction.query(
    `DELETE FROM job_attempts WHERE id IN (SELECT id FROM job_attempts
       WHERE ended_at < now() - make_interval(days => $1) ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values,
  );
  const replayed = await transaction.query(
    `DELETE FROM parked_messages WHERE (queue, id) IN (SELECT queue, id FROM parked_messages
       WHERE replayed_at < now() - make_interval(days => $1) LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values,
  );
  return Math.max(attempts.rowCount, replayed.rowCount);
}
