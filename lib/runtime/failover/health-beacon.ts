import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import type { FailoverSignal } from './failover-request';

/** What a beacon stands on. */
export interface HealthBeaconOptions {
  /** Regions that are told. */
  readonly listeners: readonly string[];
  /** The Region's own deep health. */
  readonly signal: () => Promise<FailoverSignal | undefined>;
  /** Tells one Region: 1 good, 0 bad. */
  readonly tell: (listener: string, value: 0 | 1) => Promise<void>;
  readonly logger: Logger;
}

/** What came of one beat. */
export interface Beat {
  /** What was told; undefined when nothing is known, and nothing was told. */
  readonly value?: 0 | 1;
  /** Regions that could not be told. */
  readonly unreached: readonly string[];
}

/**
 * Tells other Regions of this Region's deep health, so that they can judge it without asking here. What is unknown is
 * not told: silence has a meaning of its own there, and a lost Region is silent too. Every listener is tried, since one
 * that is lost must not silence the others.
 */
export async function beat(options: HealthBeaconOptions): Promise<Beat> {
  const { listeners, logger, tell } = options;
  const value = await read(options);
  if (value === undefined) return { unreached: [] };
  const told = await Promise.all(
    listeners.map(async listener => {
      try {
        await tell(listener, value);
        return undefined;
      } catch (error) {
        logger.warn('beacon.unreached', { listener, problem: reasonOf(error) });
        return listener;
      }
    }),
  );
  return { value, unreached: told.filter(listener => listener !== undefined) };
}

async function read({ signal, logger }: HealthBeaconOptions): Promise<0 | 1 | undefined> {
  try {
    const seen = await signal();
    if (seen?.state === 'good') return 1;
    if (seen?.state === 'bad') return 0;
    logger.warn('beacon.unknown', { signal: seen?.name });
  } catch (error) {
    logger.warn('beacon.unreadable', { problem: reasonOf(error) });
  }
  return undefined;
}
