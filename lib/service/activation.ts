import type { Clock } from '../runtime/clock';
import type { Database } from '../runtime/database/database';
import type { RegionalDatabase } from '../runtime/database/regional-database';
import { RuntimeError, reasonOf } from '../runtime/errors';
import { loop } from '../runtime/loop';
import type { LeaseKeeper } from '../runtime/register/lease-keeper';
import type { Logger } from '../runtime/telemetry/logger';

/** Whether this process may write now, and if not, why. */
export type ActivationState =
  | { readonly active: true; readonly epoch: number }
  | { readonly active: false; readonly reason: string };

/** What decides over writing. */
export interface ActivationOptions {
  readonly keeper: LeaseKeeper;
  readonly database: Database & Pick<RegionalDatabase, 'status' | 'probe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Brings the database to this build's schema; repeatable. */
  readonly migrate: () => Promise<void>;
}

/**
 * Turns a standby into a writer and back while the process runs: it takes the lease, a database that was promoted,
 * and this build's schema, in that order, and each is looked at again and again.
 */
export class Activation {
  private migratedAt: number | undefined;
  private advancing: Promise<void> | undefined;

  constructor(private readonly options: ActivationOptions) {
    options.keeper.onChange(() => void this.advance());
  }

  /** The state at this moment; costs no call. */
  state(): ActivationState {
    const lease = this.options.keeper.current();
    if (!lease.held) return { active: false, reason: `the lease is not held (${lease.reason})` };
    const { problem, writable } = this.options.database.status;
    if (problem !== undefined) return { active: false, reason: `the database does not answer: ${problem}` };
    if (!writable) return { active: false, reason: 'the database of this Region is a replica' };
    if (this.migratedAt !== lease.epoch) return { active: false, reason: 'the schema is not ready' };
    return { active: true, epoch: lease.epoch };
  }

  /** The epoch under which this process may write; throws `not-active` with the reason. */
  requireEpoch(): number {
    const state = this.state();
    if (state.active) return state.epoch;
    throw new RuntimeError('not-active', `this Region takes no writes: ${state.reason}`);
  }

  /** Looks at the database, and brings the schema up to date when this process becomes a writer. Never rejects. */
  advance(): Promise<void> {
    this.advancing ??= this.look()
      .catch(error => this.options.logger.warn('activation.failed', { problem: reasonOf(error) }))
      .finally(() => {
        this.advancing = undefined;
      });
    return this.advancing;
  }

  /** Advances again and again until the signal aborts. */
  run(signal: AbortSignal, pauseMilliseconds: number): Promise<void> {
    const { clock, logger } = this.options;
    const onError = (error: unknown) => logger.error('activation.failed', { error });
    return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
      await this.advance();
    });
  }

  private async look(): Promise<void> {
    const { keeper, database, migrate, logger } = this.options;
    const { writable } = await database.probe();
    const lease = keeper.current();
    if (!lease.held || !writable || this.migratedAt === lease.epoch) return;
    await migrate();
    this.migratedAt = lease.epoch;
    logger.info('activation.writer', { epoch: lease.epoch });
  }
}
