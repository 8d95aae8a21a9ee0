/**
 * Tables of events in PostgreSQL. Repeatable statements; run them in the migration of the application, as the owner.
 *
 * `events` is an audit trail: the database itself refuses to change or to remove what happened, also for the owner,
 * who would have to drop the trigger first and so leaves a trace in the schema. `position`, the place in the order of
 * all events, is given once, after the commit: see `event-order.ts`.
 */
export const EVENT_LOG_SCHEMA = `
CREATE TABLE IF NOT EXISTS events (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  position bigint UNIQUE,
  stream text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  type text NOT NULL,
  data jsonb NOT NULL,
  actor text NOT NULL,
  correlation_id text NOT NULL,
  epoch bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (stream, version)
);
CREATE INDEX IF NOT EXISTS events_without_position ON events (number) WHERE position IS NULL;
-- The last place given. One row, whose lock lets one process at a time give places.
CREATE TABLE IF NOT EXISTS event_order (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  last bigint NOT NULL
);
INSERT INTO event_order (last) VALUES (0) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS event_snapshots (
  stream text PRIMARY KEY,
  version integer NOT NULL,
  shape integer NOT NULL,
  state jsonb NOT NULL
);
CREATE OR REPLACE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
    AND (to_jsonb(NEW) - 'position') = (to_jsonb(OLD) - 'position') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON events
  FOR EACH ROW EXECUTE FUNCTION events_are_kept();
CREATE OR REPLACE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept();
CREATE TABLE IF NOT EXISTS projections (
  name text PRIMARY KEY,
  -- The generation that readers are given; none before the first one has caught up.
  live integer
);
CREATE TABLE IF NOT EXISTS projection_generations (
  name text NOT NULL REFERENCES projections,
  generation integer NOT NULL,
  shape integer NOT NULL,
  status text NOT NULL CHECK (status IN ('building', 'live', 'stopped', 'ahead', 'retired')),
  position bigint NOT NULL DEFAULT 0,
  event_id uuid,
  epoch bigint NOT NULL,
  stopped_position bigint,
  reason text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, generation)
);
`;
