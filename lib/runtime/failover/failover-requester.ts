import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import {
  decideFailover,
  type FailoverDecision,
  type FailoverObservation,
  type FailoverPolicy,
  type FailoverRequest,
  type FailoverSignal,
} from './failover-request';

/** What the controller reads and writes beside the register. */
export interface FailoverRecords {
  register(): Promise<NonNullable<FailoverObservation['register']>>;
  drillRuns(now: number): Promise<boolean>;
  lastRequest(): Promise<FailoverRequest | 'none'>;
  request(request: FailoverRequest, last: FailoverRequest | 'none'): Promise<boolean>;
}

/** What the controller stands on. */
export interface FailoverRequesterOptions {
  readonly application: string;
  readonly policy: FailoverPolicy;
  readonly records: FailoverRecords;
  readonly signals: () => Promise<readonly FailoverSignal[]>;
  readonly standbyReady: () => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes one line for CloudWatch's embedded metrics. */
  readonly write: (line: string) => void;
}

/** Looks once at everything, decides, and writes a request where one is due. */
export class FailoverRequester {
  constructor(private readonly options: FailoverRequesterOptions) {}

  /** One look; never rejects for what could not be read, since that is a reason to wait. */
  async consider(): Promise<FailoverDecision> {
    const seen = await this.observe();
    const decision = decideFailover(seen, this.options.policy);
    const written = decision.kind === 'request' && (await this.request(decision.request, seen));
    if (decision.kind === 'wait') this.options.logger.info('failover.wait', { reason: decision.reason });
    this.measure(seen.now, written || (decision.kind === 'wait' && decision.open));
    return decision;
  }

  private async observe(): Promise<FailoverObservation> {
    const { records, signals, standbyReady, clock } = this.options;
    const now = clock.now().getTime();
    const [register, drillRuns, lastRequest, seen, ready] = await Promise.all([
      this.read('register', () => records.register()),
      this.read('drill-lock', () => records.drillRuns(now)),
      this.read('last-request', () => records.lastRequest()),
      this.read('signals', signals),
      this.read('standby', standbyReady),
    ]);
    return { now, register, drillRuns, lastRequest, signals: seen ?? [], standbyReady: ready };
  }

  private async request(request: FailoverRequest, { lastRequest }: FailoverObservation): Promise<boolean> {
    const { records, logger } = this.options;
    try {
      const written = await records.request(request, lastRequest ?? 'none');
      logger.warn(written ? 'failover.requested' : 'failover.request-lost', { ...request });
      return written;
    } catch (error) {
      logger.error('failover.request-failed', { ...request, problem: reasonOf(error) });
      return false;
    }
  }

  private async read<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.options.logger.warn('failover.unreadable', { what, problem: reasonOf(error) });
      return undefined;
    }
  }

  /** Metrics in the log: no further call is needed that could fail in the same hour. */
  private measure(Timestamp: number, open: boolean): void {
    const { application, policy, write } = this.options;
    const Metrics = ['FailoverConsidered', 'FailoverRequested'].map(Name => ({ Name, Unit: 'Count' }));
    const Dimensions = [['Application', 'WatchedRegion']];
    const CloudWatchMetrics = [{ Namespace: 'Holdfast', Dimensions, Metrics }];
    write(
      JSON.stringify({
        _aws: { Timestamp, CloudWatchMetrics },
        Application: application,
        WatchedRegion: policy.watchedRegion,
        FailoverConsidered: 1,
        FailoverRequested: open ? 1 : 0,
      }),
    );
  }
}
