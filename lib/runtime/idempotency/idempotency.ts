import { createHash } from 'node:crypto';
import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';

/** One request that must take effect once. */
export interface IdempotentRequest {
  /** What the key belongs to, such as the application and the operation: equal keys of two scopes never meet. */
  readonly scope: string;
  /** The caller's key. Stored only as a hash. */
  readonly key: string;
  /** The request's meaning: what a second request under the same key must repeat. */
  readonly request: unknown;
  /** The answer to record, and to repeat. */
  readonly response: object;
  /** How long the key is remembered, in seconds. */
  readonly ttlSeconds: number;
}

/** Whether the caller is the first under its key, or gets the first answer again. */
export type Claim<Response> =
  | { readonly first: true }
  | { readonly first: false; readonly response: Response };

const INSERT = `INSERT INTO idempotency_keys (key_hash, request_hash, response, expires_at)
  VALUES ($1, $2, $3, now() + make_interval(secs => $4))
  ON CONFLICT (key_hash) DO UPDATE SET request_hash = EXCLUDED.request_hash, response = EXCLUDED.response,
    created_at = now(), expires_at = EXCLUDED.expires_at
    WHERE idempotency_keys.expires_at <= now()
  RETURNING key_hash`;

/**
 * Claims a key inside the transaction of the effect itself: both commit or neither does. A second request under the
 * same key waits for the first one's transaction and then repeats its answer, or claims the key if that rolled back.
 * @throws RuntimeError `key-reused` when the key came with another request.
 */
export async function claimKey<Response>(
  transaction: Queryable,
  request: IdempotentRequest,
): Promise<Claim<Response>> {
  const keyHash = hash([request.scope, request.key]);
  const requestHash = hash(request.request);
  const values = [keyHash, requestHash, JSON.stringify(request.response), request.ttlSeconds];
  const inserted = await transaction.query(INSERT, values);
  if (inserted.rowCount > 0) return { first: true };
  const { rows } = await transaction.query<{ request_hash: string; response: Response }>(
    'SELECT request_hash, response FROM idempotency_keys WHERE key_hash = $1',
    [keyHash],
  );
  const row = rows[0];
  if (row === undefined) throw new RuntimeError('unavailable', 'the idempotency key expired just now');
  if (row.request_hash !== requestHash) {
    throw new RuntimeError('key-reused', 'this Idempotency-Key was used for another request');
  }
  return { first: false, response: row.response };
}

/** Forgets at most `limit` expired keys; returns how many. */
export async function purgeExpiredKeys(transaction: Queryable, limit: number): Promise<number> {
  const { rowCount } = await transaction.query(
    `DELETE FROM idempotency_keys WHERE key_hash IN
       (SELECT key_hash FROM idempotency_keys WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [limit],
  );
  return rowCount;
}

/** SHA-256 of a value's JSON, keys sorted, so that the order of fields does not matter. */
function hash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
