import { RuntimeError } from '../errors';
import { hashOf } from './hash';

/** One piece of work that must take effect once. */
export interface IdempotentCall {
  /** What the key belongs to, such as the application and the operation: equal keys of two scopes never meet. */
  readonly scope: string;
  /** The caller's key. Stored only as a hash. */
  readonly key: string;
  /** What is asked: a second call under the same key must ask the same. */
  readonly request: unknown;
  /** How long the key is remembered, in seconds: longer than any caller or queue repeats itself. */
  readonly ttlSeconds: number;
}

/** What a call came to: the answer, and whether it is the first one's, told again. */
export interface IdempotentOutcome<Response> {
  readonly response: Response;
  readonly replayed: boolean;
}

/**
 * Makes work take effect once: the effect and its record are one transaction, so no moment exists in which one is
 * there without the other, and nothing is ever "in progress".
 *
 * @typeParam Effects how the effect is written: the transaction itself (PostgreSQL), or items for it (DynamoDB)
 */
export interface IdempotencyStore<Effects> {
  /**
   * Runs `effect` and records its answer, or repeats the answer of the first call under this key. `effect` writes
   * through what it is given and by no other way; its answer must be JSON. It may run and be undone, and then run
   * again; only one run stands.
   *
   * @throws RuntimeError `key-reused` when the key came with another request; `unavailable` when it is not known
   * whether the effect stands, which the next call under the same key finds out; and whatever `effect` throws, with
   * nothing written
   */
  once<Response>(
    call: IdempotentCall,
    effect: (effects: Effects) => Promise<Response>,
  ): Promise<IdempotentOutcome<Response>>;
}

/** The hashes of a call: of scope and key, under which the record stands, and of what is asked. */
export function hashesOf(call: IdempotentCall): { readonly keyHash: string; readonly requestHash: string } {
  return { keyHash: hashOf([call.scope, call.key]), requestHash: hashOf(call.request) };
}

/** The refusal of a key that came with another request. */
export const keyReused = (): RuntimeError =>
  new RuntimeError('key-reused', 'this idempotency key was used for another request');
