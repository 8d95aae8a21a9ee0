import { CHANGE_LOG_SCHEMA, trackChanges } from '../runtime/changes/change-log-schema';
import type { Database } from '../runtime/database/database';
import { JOB_SCHEMA } from '../runtime/jobs/job-schema';
import { LEADER_SCHEMA } from '../runtime/leader/leader-schema';
import { UNSENT_INDEX } from '../runtime/outbox/outbox';
import { PARKED_MESSAGES_SCHEMA } from '../runtime/queue/postgres-parking';
import { CUSTOMER_SCHEMA } from './customers/customer-schema';
import { SWEEP_SCHEMA } from './leader/leader-sweep';

/** Version of the schema below; raise it with every change and keep the statements repeatable. */
const VERSION = 10;
/** Any number, the same in every process: two clones that migrate at once take turns. */
const MIGRATION_LOCK = 7_410_633_021;

const STATEMENTS = `
CREATE TABLE IF NOT EXISTS orders (
  id uuid PRIMARY KEY,
  item text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  ledger text,
  number bigint,
  status text NOT NULL CHECK (status IN ('accepted', 'fulfilled', 'rejected')),
  epoch bigint NOT NULL,
  region text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- Whose law the record is under; see OrderResidency.
ALTER TABLE orders ADD COLUMN IF NOT EXISTS jurisdiction text;
-- Not unique on purpose: a duplicate must be visible to whoever checks the ledger.
CREATE INDEX IF NOT EXISTS orders_by_ledger ON orders (ledger, number, id) WHERE ledger IS NOT NULL;
-- The newest orders are the ones that a new cache is filled with.
CREATE INDEX IF NOT EXISTS orders_by_age ON orders (created_at);
CREATE TABLE IF NOT EXISTS idempotency_keys (
  key_hash text PRIMARY KEY,
  request_hash text NOT NULL,
  -- Not jsonb, which reorders fields: a replay repeats the first answer to the letter.
  response json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS idempotency_keys_by_expiry ON idempotency_keys (expires_at);
CREATE TABLE IF NOT EXISTS outbox (
  order_id uuid PRIMARY KEY REFERENCES orders,
  correlation_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  epoch_sent bigint,
  sent_at timestamptz,
  closed_at timestamptz,
  closed_epoch bigint
);
ALTER TABLE outbox ADD COLUMN IF NOT EXISTS traceparent text;
ALTER TABLE outbox ADD COLUMN IF NOT EXISTS jurisdiction text;
CREATE INDEX IF NOT EXISTS outbox_open ON outbox (created_at) WHERE closed_at IS NULL;
${UNSENT_INDEX}
-- Append-only, one row a fulfilment, and not unique on purpose: see orders_by_ledger.
CREATE TABLE IF NOT EXISTS effects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders,
  epoch bigint NOT NULL,
  worker text NOT NULL,
  done_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS effects_by_order ON effects (order_id);
-- The newest epoch that ever wrote here. One row; see FencedTransactions.
CREATE TABLE IF NOT EXISTS fence (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  epoch bigint NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO fence (epoch) VALUES (0) ON CONFLICT DO NOTHING;
${PARKED_MESSAGES_SCHEMA.trim()}
${JOB_SCHEMA.trim()}
${CUSTOMER_SCHEMA}
${CHANGE_LOG_SCHEMA.trim()}
${trackChanges('orders', 'order', 'id')}
${LEADER_SCHEMA.trim()}
${SWEEP_SCHEMA}
CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
INSERT INTO schema_version (version) VALUES (${VERSION}) ON CONFLICT DO NOTHING;
`;

/**
 * Brings a writable database to the schema of this build. Repeatable, safe when several processes do it at once,
 * and one cheap reading when there is nothing to do. The user needs the right to create in the schema `public`.
 */
export async function ensureSchema(database: Database): Promise<void> {
  if ((await schemaVersion(database)) >= VERSION) return;
  await database.transaction(async transaction => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await transaction.query(STATEMENTS);
  });
}

async function schemaVersion(database: Database): Promise<number> {
  const { rows: found } = await database.query<{ there: boolean }>(
    `SELECT to_regclass('schema_version') IS NOT NULL AS there`,
  );
  if (found[0]?.there !== true) return 0;
  const { rows } = await database.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM schema_version',
  );
  return rows[0]?.version ?? 0;
}
