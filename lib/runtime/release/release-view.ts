import type { ColourWeights } from '../live-settings/live-settings';
import type { RegisterRecord } from '../register/register';
import type { ReleaseBuild, ReleaseColour } from './release-plan';

/** One colour of a Region as it was seen. */
export interface ColourView {
  /** What new clones of it run. @default - what its template names */
  readonly build?: ReleaseBuild;
  /** Clones that the group wants. */
  readonly desired: number;
  /** Clones that the group may have. */
  readonly maximum: number;
  /** Clones that are there, in whatever condition. */
  readonly instances: number;
  /** Clones that the balancer counts as healthy. */
  readonly healthy: number;
}

/** A Region as it was seen. */
export interface RegionView {
  /** The weights that are to hold; `undefined` before their birth. */
  readonly stored?: ColourWeights;
  /** The weights that the listener has. */
  readonly live?: ColourWeights;
  readonly colours: Readonly<Record<ReleaseColour, ColourView>>;
  /** Alarms of the application that ring. */
  readonly ringing: readonly string[];
  /** Alarms of the application that have no data. */
  readonly silent: readonly string[];
}

/** What one whole period says about the new colour; what is absent was not measured. */
export interface PeriodMetrics {
  /** Its begin, in milliseconds since 1970. */
  readonly at: number;
  readonly requests?: number;
  /** Requests that failed; none is 0 wherever `requests` is known. */
  readonly errors?: number;
  readonly latencySeconds?: number;
}

/** All that a decision is made from. What could not be seen is absent, and is never taken for good. */
export interface ReleaseView {
  /** The drill that holds the lock, in words; `free` when none does. */
  readonly drill?: { readonly busy: string } | 'free';
  readonly register?: RegisterRecord;
  readonly regions: Readonly<Record<string, RegionView | undefined>>;
  /** Metrics of the new colour in the Region that is being watched. */
  readonly metrics?: readonly PeriodMetrics[];
}
