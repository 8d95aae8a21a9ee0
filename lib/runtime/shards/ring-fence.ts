import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';

/** The newest ring that a shard knows, and its document: one row. Repeatable. */
export const RING_FENCE_SCHEMA = `
CREATE TABLE IF NOT EXISTS ring_fence (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL
);
ALTER TABLE ring_fence ADD COLUMN IF NOT EXISTS document text;
INSERT INTO ring_fence (version) VALUES (0) ON CONFLICT DO NOTHING;
`;

/** The shard knows a newer ring than the caller: adopt its document, or fetch the ring, and route again. */
export class NewerRing extends RuntimeError {
  override readonly name = 'NewerRing';

  constructor(
    version: number,
    readonly known: number,
    /** The newer ring's document, if whoever raised it left it there. */
    readonly document: string | undefined,
  ) {
    super('conflict', `ring ${version} is over: the shard knows ring ${known}`);
  }
}

/** How a ring is entered. */
export interface RingEntry {
  /** Left in the shard for those who have not heard of the ring yet. @default - nothing is left */
  readonly document?: string;
  /** Before the name of the table, such as `"shard_a".`. @default - the table is found by the search path */
  readonly prefix?: string;
}

/**
 * Begins a transaction of a ring's version in a shard: raises what the shard knows, and holds it until the transaction
 * ends. Whoever moves keys does so too, under the new version, before it reads the first of them: from then on nobody
 * who still routes by the old ring writes behind its back.
 *
 * @throws NewerRing (`conflict`) when the shard knows a newer ring
 */
export async function enterRing(
  transaction: Queryable,
  version: number,
  { document, prefix = '' }: RingEntry = {},
): Promise<void> {
  await transaction.query(
    `UPDATE ${prefix}ring_fence SET version = $1, document = $2::text WHERE version < $1`,
    [version, document ?? null],
  );
  const { rows } = await transaction.query<{ version: number; document: string | null }>(
    `SELECT version::float8 AS version, CASE WHEN version > $1 THEN document END AS document
      FROM ${prefix}ring_fence FOR SHARE`,
    [version],
  );
  const fence = rows[0];
  if (fence === undefined) throw new RuntimeError('unavailable', 'the fence of the ring is missing');
  if (fence.version > version) throw new NewerRing(version, fence.version, fence.document ?? undefined);
}
