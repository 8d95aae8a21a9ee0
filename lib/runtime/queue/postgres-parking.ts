import type { RunTransaction } from '../idempotency/postgres-idempotency';
import type { Parking } from './parking';

/** Statements that make the table; repeatable. */
export const PARKED_MESSAGES_SCHEMA = `
CREATE TABLE IF NOT EXISTS parked_messages (
  queue text NOT NULL,
  id text NOT NULL,
  region text NOT NULL,
  body text NOT NULL,
  attributes json NOT NULL,
  reason text NOT NULL,
  code text NOT NULL,
  receive_count integer NOT NULL,
  correlation_id text NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (queue, id)
);
-- Set by whoever has the message run again: when, who, why and under which epoch.
ALTER TABLE parked_messages ADD COLUMN IF NOT EXISTS replayed_at timestamptz;
ALTER TABLE parked_messages ADD COLUMN IF NOT EXISTS replayed_by text;
ALTER TABLE parked_messages ADD COLUMN IF NOT EXISTS replay_reason text;
ALTER TABLE parked_messages ADD COLUMN IF NOT EXISTS replayed_epoch bigint;
CREATE INDEX IF NOT EXISTS parked_messages_by_time ON parked_messages (parked_at);
`;

/** Parks in PostgreSQL, in the table `parked_messages`. */
export function postgresParking(run: RunTransaction): Parking {
  return {
    park: message =>
      run(async transaction => {
        await transaction.query(
          `INSERT INTO parked_messages (queue, id, region, body, attributes, reason, code, receive_count, correlation_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (queue, id) DO NOTHING`,
          [
            message.queue,
            message.id,
            message.region,
            message.body,
            JSON.stringify(message.attributes),
            message.reason,
            message.code,
            message.receiveCount,
            message.correlationId,
          ],
        );
      }),
  };
}
