import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';
import { hashesOf, type IdempotencyStore, type IdempotentCall, keyReused } from './idempotency-store';

/** One request that must take effect once, and its answer, which is known before the effect. */
export interface IdempotentRequest extends IdempotentCall {
  /** The answer to record, and to repeat. */
  readonly response: object | null;
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
  const { keyHash, requestHash } = hashesOf(request);
  const values = [keyHash, requestHash, JSON.stringify(request.response), request.ttlSeconds];
  const inserted = await transaction.query(INSERT, values);
  if (inserted.rowCount > 0) return { first: true };
  const { rows } = await transaction.query<{ request_hash: string; response: Response }>(
    'SELECT request_hash, response FROM idempotency_keys WHERE key_hash = $1',
    [keyHash],
  );
  const row = rows[0];
  if (row === undefined) throw new RuntimeError('unavailable', 'the idempotency key expired just now');
  if (row.request_hash !== requestHash) throw keyReused();
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

/** Runs `work` in one transaction: a database's own, or one under the lease and the fence of an epoch. */
export type RunTransaction = <T>(work: (transaction: Queryable) => Promise<T>) => Promise<T>;

/**
 * Idempotency in PostgreSQL: the key is claimed first, so that a second call under it waits for the first one's
 * transaction; then the effect; then its answer. All three commit, or none.
 */
export function postgresIdempotency(run: RunTransaction): IdempotencyStore<Queryable> {
  return {
    once: <Response>(call: IdempotentCall, effect: (effects: Queryable) => Promise<Response>) =>
      run(async transaction => {
        const claim = await claimKey<Response>(transaction, { ...call, response: null });
        if (!claim.first) return { response: claim.response, replayed: true };
        const response = await effect(transaction);
        await transaction.query('UPDATE idempotency_keys SET response = $2 WHERE key_hash = $1', [
          hashesOf(call).keyHash,
          JSON.stringify(response ?? null),
        ]);
        return { response, replayed: false };
      }),
  };
}
