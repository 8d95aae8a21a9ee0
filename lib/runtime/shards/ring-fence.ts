import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';

/** The newest ring that a shard knows: one row. Repeatable. */
export const RING_FENCE_SCHEMA = `
CREATE TABLE IF NOT EXISTS ring_fence (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL
);
INSERT INTO ring_fence (version) VALUES (0) ON CONFLICT DO NOTHING;
`;

/**
 * Begins a transaction of a ring's version in a shard: raises what the shard knows, and holds it until the transaction
 * ends. Whoever moves keys does so too, under the new version, before it reads the first of them: from then on nobody
 * who still routes by the old ring writes behind its back.
 *
 * @throws RuntimeError `conflict` when the shard knows a newer ring: fetch the ring, and route again
 */
export async function enterRing(transaction: Queryable, version: number): Promise<void> {
  await transaction.query('UPDATE ring_fence SET version = $1 WHERE version < $1', [version]);
  const { rows } = await transaction.query<{ version: number }>(
    'SELECT version::float8 AS version FROM ring_fence FOR SHARE',
  );
  const fence = rows[0];
  if (fence === undefined) throw new RuntimeError('unavailable', 'the fence of the ring is missing');
  if (fence.version > version)
    throw new RuntimeError('conflict', `ring ${version} is over: the shard knows ring ${fence.version}`);
}
