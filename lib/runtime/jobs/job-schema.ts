/** Statements that make the history of jobs; repeatable. */
export const JOB_SCHEMA = `
-- Append-only, one row an attempt; purged by age.
CREATE TABLE IF NOT EXISTS job_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id text NOT NULL,
  kind text NOT NULL,
  message_id text,
  epoch bigint NOT NULL,
  region text NOT NULL,
  worker text NOT NULL,
  correlation_id text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  outcome text NOT NULL,
  code text,
  reason text
);
CREATE INDEX IF NOT EXISTS job_attempts_by_job ON job_attempts (job_id, id);
CREATE INDEX IF NOT EXISTS job_attempts_by_time ON job_attempts (ended_at);
CREATE INDEX IF NOT EXISTS job_attempts_failed ON job_attempts (ended_at) WHERE outcome = 'failed';
CREATE INDEX IF NOT EXISTS job_attempts_by_message ON job_attempts (message_id) WHERE outcome <> 'done';
`;
