/** Tables of sagas in PostgreSQL. Repeatable statements; run them in the migration of the application. */
export const SAGA_SCHEMA = `
CREATE TABLE IF NOT EXISTS sagas (
  id text PRIMARY KEY,
  name text NOT NULL,
  input jsonb NOT NULL,
  correlation_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'stuck', 'done', 'undone')),
  direction text NOT NULL CHECK (direction IN ('take', 'settle', 'undo')),
  step integer NOT NULL,
  attempts integer NOT NULL,
  reached integer NOT NULL,
  moved boolean NOT NULL,
  outcomes jsonb NOT NULL,
  epoch bigint NOT NULL,
  -- Raised by each claim: a hand that has lost the saga records nothing any more.
  lease bigint NOT NULL DEFAULT 0,
  leased_until timestamptz,
  worker text,
  due_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS sagas_due ON sagas (due_at) WHERE status IN ('running', 'stuck');
-- One row an attempt of which the outcome was recorded; a crash leaves none, only a number of attempts with a gap.
CREATE TABLE IF NOT EXISTS saga_steps (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga_id text NOT NULL REFERENCES sagas,
  step text NOT NULL,
  direction text NOT NULL,
  attempt integer NOT NULL,
  token text NOT NULL,
  outcome text NOT NULL,
  reason text,
  epoch bigint NOT NULL,
  worker text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS saga_steps_by_saga ON saga_steps (saga_id, number);
`;

/** Sagas of the names $1 that are due and in no hand of the epoch $2. */
export const CLAIMABLE_SAGA = `status IN ('running', 'stuck') AND name = ANY($1) AND due_at <= now()
  AND (leased_until IS NULL OR leased_until < now() OR epoch < $2)`;
