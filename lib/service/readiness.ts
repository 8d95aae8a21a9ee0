import type { WarmUpProgress } from '../runtime/cache/cache-warmer';
import type { DatabaseStatus } from '../runtime/database/database';
import type { LeaseState } from '../runtime/register/lease';
import { isActive, type RegisterPhase, type RegisterRecord } from '../runtime/register/register';
import type { ActivationState } from './activation';
import type { ChangeProgress } from './changes/change-watch';

/** What a process knows about itself. */
export interface ReadinessFacts {
  readonly region: string;
  readonly draining: boolean;
  readonly record: RegisterRecord | undefined;
  readonly registerProblem: string | undefined;
  readonly lease: LeaseState;
  readonly activation: ActivationState;
  readonly database: DatabaseStatus;
  readonly cacheProblem: string | undefined;
  /** How far the cache of the epoch in force is filled. @default - not told */
  readonly warmUp?: WarmUpProgress;
  /** `ok` or a reason. */
  readonly queue: string;
  readonly config: { readonly version: string; readonly ageSeconds: number | null };
}

/** The answer of `/readyz`. */
export interface Readiness {
  readonly ready: boolean;
  readonly role: 'active' | 'standby';
  readonly epoch: number | null;
  readonly phase: RegisterPhase | null;
  readonly lease: boolean;
  /** `ok` or the reason why not. */
  readonly checks: Readonly<Record<'register' | 'database' | 'cache' | 'queue', string>>;
  readonly database: { readonly writable: boolean; readonly lagSeconds?: number };
  readonly config: { readonly version: string; readonly ageSeconds: number | null };
  readonly warmUp?: WarmUpProgress;
  /** How far cache and deliveries are behind the changes; told and not required. */
  readonly changes?: ChangeProgress;
}

/**
 * Readiness by role. Where the register names this Region active, it is ready when it can take a write; a standby is
 * ready when it could serve once promoted. Cache and queue are told and not required: the service works without the
 * one and the outbox waits for the other.
 */
export function readiness(facts: ReadinessFacts): Readiness {
  const { record, database, lease, activation } = facts;
  const named = record !== undefined && isActive(record, facts.region);
  const able = named ? activation.active : record !== undefined && facts.registerProblem === undefined;
  return {
    ready: !facts.draining && able && database.problem === undefined,
    role: lease.held && database.writable ? 'active' : 'standby',
    epoch: record?.epoch ?? null,
    phase: record?.phase ?? null,
    lease: lease.held,
    checks: {
      register: facts.registerProblem ?? 'ok',
      database: database.problem ?? 'ok',
      cache: facts.cacheProblem ?? 'ok',
      queue: facts.queue,
    },
    database: { writable: database.writable, lagSeconds: database.lagSeconds },
    config: facts.config,
    warmUp: facts.warmUp,
  };
}
