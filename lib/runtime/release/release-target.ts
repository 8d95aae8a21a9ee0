import type { ReleaseAction } from './release-decision';
import type { ReleaseColour, ReleasePlan } from './release-plan';
import type { PeriodMetrics, RegionView, ReleaseView } from './release-view';

/** Which metrics of a colour are asked for, in milliseconds since 1970. */
export interface MetricsRequest {
  readonly region: string;
  readonly colour: ReleaseColour;
  readonly from: number;
  /** Periods that are not over by then are left out. */
  readonly to: number;
  readonly periodSeconds: number;
}

/** What a release asks of a provider. A call that fails says nothing about what it has done. */
export interface ReleaseTarget {
  /** Drill lock and register, read consistently. */
  surroundings(): Promise<Pick<ReleaseView, 'drill' | 'register'>>;
  /** A Region's weights, colours and alarms. Rejects when any of them cannot be seen. */
  region(region: string, plan: Pick<ReleasePlan, 'acceptedAlarms'>): Promise<RegionView>;
  /** Metrics of whole periods; a period without any is left out. */
  metrics(request: MetricsRequest): Promise<readonly PeriodMetrics[]>;
  /** Sends requests to a Region to which no client sends any, so that there is something to measure. */
  probe(region: string, requests: number): Promise<void>;
  /** Does one action. Rejects when it did not, or may not, have happened. */
  act(action: ReleaseAction, plan: ReleasePlan, signal: AbortSignal): Promise<void>;
}
