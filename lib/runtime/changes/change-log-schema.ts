/**
 * Tables of changes in PostgreSQL. Repeatable statements; run them in the migration of the application, as the owner,
 * and then {@link trackChanges} for each table whose changes are told. Needs the table `fence`.
 *
 * A trigger writes the change into the transaction that makes it, so no path that writes can forget it. Like events,
 * changes get their place after the commit: see `change-log.ts`.
 */
export const CHANGE_LOG_SCHEMA = `
CREATE TABLE IF NOT EXISTS changes (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  position bigint UNIQUE,
  entity text NOT NULL,
  key text NOT NULL,
  type text NOT NULL CHECK (type IN ('inserted', 'modified', 'removed')),
  epoch bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  before jsonb,
  after jsonb
);
CREATE INDEX IF NOT EXISTS changes_without_position ON changes (number) WHERE position IS NULL;
-- The last place given. One row, whose lock lets one process at a time give places.
CREATE TABLE IF NOT EXISTS change_order (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  last bigint NOT NULL
);
INSERT INTO change_order (last) VALUES (0) ON CONFLICT DO NOTHING;
-- How far each delivery has come; planned is the end of the batch in hand, under the epoch that planned it.
CREATE TABLE IF NOT EXISTS change_deliveries (
  name text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  planned bigint,
  planned_epoch bigint,
  epoch bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN RETURN NULL; END IF;
  INSERT INTO changes (entity, key, type, epoch, before, after) VALUES (
    TG_ARGV[0],
    CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[1],
    CASE TG_OP WHEN 'INSERT' THEN 'inserted' WHEN 'UPDATE' THEN 'modified' ELSE 'removed' END,
    (SELECT epoch FROM fence),
    CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,
    CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END);
  RETURN NULL;
END $$;
`;

/**
 * Statement that tells the changes of a table from now on. Repeatable.
 *
 * @param table name of the table, in the code's own words: it is not escaped
 * @param entity what its rows are called in a change
 * @param key column that names one of them
 */
export const trackChanges = (table: string, entity: string, key: string): string =>
  `CREATE OR REPLACE TRIGGER ${table}_changes AFTER INSERT OR UPDATE OR DELETE ON ${table}
  FOR EACH ROW EXECUTE FUNCTION note_change('${entity}', '${key}');`;
