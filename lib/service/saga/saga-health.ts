import type { Clock } from '../../runtime/clock';
import type { Queryable } from '../../runtime/database/database';
import { reasonOf } from '../../runtime/errors';
import { type ProjectionLag, projectionLag } from '../../runtime/events/projection-lag';
import { loop } from '../../runtime/loop';
import { type SagaCounts, sagaCounts } from '../../runtime/saga/saga-reads';
import type { MetricValues } from '../leader/leader-metrics';

/** How sagas and read models stand. A clone is ready without them: whoever works them is another process. */
export interface EventHealth {
  readonly sagas: SagaCounts;
  readonly projections: readonly Omit<ProjectionLag, 'position'>[];
}

/** Pause between two looks, in unscaled seconds. */
const LOOK_SECONDS = 15;

/** Reads how sagas and read models stand. @throws whatever the database throws */
export async function readEventHealth(database: Queryable): Promise<EventHealth> {
  const [sagas, lags] = await Promise.all([sagaCounts(database), projectionLag(database)]);
  return { sagas, projections: lags.map(({ position: _, ...lag }) => lag) };
}

/**
 * As metrics: stuck sagas wait for a person; the lag is that of what readers are given, and of several the worst. A read
 * model that stopped or that nobody is given counts as stopped.
 */
export function eventMetrics({ sagas, projections }: EventHealth): MetricValues {
  const served = projections.filter(lag => lag.served);
  const worst = (of: (lag: EventHealth['projections'][number]) => number) => Math.max(0, ...served.map(of));
  const stopped = projections.filter(({ status }) => status === 'stopped' || status === 'ahead').length;
  return {
    StuckSagas: [sagas.stuck, 'Count'],
    OpenSagas: [sagas.running + sagas.stuck, 'Count'],
    OldestSaga: [sagas.oldestSeconds, 'Seconds'],
    ProjectionLag: [worst(lag => lag.secondsBehind), 'Seconds'],
    ProjectionEventsBehind: [worst(lag => lag.eventsBehind), 'Count'],
    StoppedProjections: [stopped, 'Count'],
  };
}

/** Looks again and again, so that telling costs no call. */
export class EventWatch {
  /** As of the last look that had an answer, or why the last one had none. */
  progress: EventHealth | { readonly problem: string } = { problem: 'not looked at yet' };

  constructor(
    private readonly parts: {
      readonly database: Queryable;
      readonly clock: Clock;
      readonly environment: { readonly timeScale: number };
    },
  ) {}

  /** Looks until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, environment } = this.parts;
    const pauseMilliseconds = (LOOK_SECONDS * 1000) / environment.timeScale;
    return loop({ clock, signal, pauseMilliseconds, onError: () => undefined }, async () => {
      await this.look();
      return undefined;
    });
  }

  /** One look. Never rejects. */
  async look(): Promise<void> {
    try {
      this.progress = await readEventHealth(this.parts.database);
    } catch (error) {
      this.progress = { problem: reasonOf(error) };
    }
  }
}
