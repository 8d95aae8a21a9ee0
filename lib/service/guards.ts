import { randomInt } from 'node:crypto';
import type { Cache } from '../runtime/cache/cache';
import type { Clock } from '../runtime/clock';
import type { Queryable } from '../runtime/database/database';
import { toRuntimeError } from '../runtime/database/fence';
import { equalJitter } from '../runtime/policy/backoff';
import { CircuitBreaker } from '../runtime/policy/breaker';
import { failureRate } from '../runtime/policy/breaker-rules';
import { clientCalls } from '../runtime/policy/client-calls';
import type { ClientPolicy } from '../runtime/policy/client-policy';
import { guardedCache } from '../runtime/policy/guarded-cache';
import { isTransient } from '../runtime/policy/transient';
import type { Logger } from '../runtime/telemetry/logger';

/** What the guards of a process stand on. */
export interface GuardOptions {
  /** Times and budgets of the topology; without them there is no retry. */
  readonly clientPolicy?: ClientPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1. @default - the machine's randomness */
  readonly random?: () => number;
}

const RANDOM_STEPS = 2 ** 32;
/** The machine's randomness, from 0 to below 1. */
export const machineRandom = (): number => randomInt(RANDOM_STEPS) / RANDOM_STEPS;
/** Short: what is back must not wait for us, least of all after a promotion. */
const OPEN = { baseMilliseconds: 500, capMilliseconds: 2000 };

/**
 * Reads that may run twice, under the topology's policy: a connection lost in a promotion is tried again within the
 * request's own deadline, and a database that is away is told at once instead of after the time of a connection.
 * Writes and the lease are not here: their callers repeat the whole request by its idempotency key, or not at all.
 */
export function guardedReads(database: Queryable, options: GuardOptions): Queryable {
  const { clientPolicy } = options;
  if (clientPolicy === undefined) return database;
  const { clock, random = machineRandom } = options;
  const calls = clientCalls(clientPolicy, {
    clock,
    random,
    repeatable: true,
    breaker: dependencyBreaker('database', options),
    transient: error => isTransient(toRuntimeError(error)),
  });
  return { query: (text, values) => calls.run(() => database.query(text, values)) };
}

/** A cache that is left alone while it hangs. */
export function guardCache(cache: Cache, options: GuardOptions): Cache {
  return guardedCache(cache, dependencyBreaker('cache', options));
}

/** A circuit whose changes are told, quick to try again. */
export function dependencyBreaker(
  name: string,
  { clock, logger, random = machineRandom }: GuardOptions,
): CircuitBreaker {
  const onChange = (state: string) => logger.info('circuit.changed', { dependency: name, state });
  return new CircuitBreaker({ clock, random, rule: failureRate(), openFor: equalJitter(OPEN), onChange });
}
