import type { ColourWeights } from '../live-settings/live-settings';
import type { AlarmRule } from './alarm-arithmetic';

/** One of the two clone groups of a Region. */
export type ReleaseColour = keyof ColourWeights;

/** What the clones of a colour run: a packed application in the Region's bucket of artifacts, named by its content. */
export interface ReleaseBuild {
  readonly objectKey: string;
  /** SHA-256 of the file, lower-case hex; a clone refuses a file that does not match. */
  readonly sha256: string;
}

/** The part of a release that happens in one Region. */
export interface RegionRelease {
  readonly region: string;
  /** The colour that serves when the release begins, and to which a rollback returns. */
  readonly from: ReleaseColour;
  /** The idle colour, which gets the new build. */
  readonly to: ReleaseColour;
  /** Healthy clones without which no weight is moved. */
  readonly clones: number;
  /** What the idle colour was said to run before, and is again after a rollback. @default - what its template names */
  readonly before?: ReleaseBuild;
  /** Whether requests are sent to it, because clients send none: what nobody has asked is not known to be healthy. */
  readonly probed: boolean;
}

/** The alarms of a release, on the metrics of the new colour alone. */
export interface ReleaseRules {
  /** Percent of the requests that failed. */
  readonly errors: AlarmRule;
  /** Seconds until the answer. */
  readonly latency: AlarmRule;
}

/** A release as data: it holds all that a controller needs, so that any controller can go on with it. */
export interface ReleasePlan {
  readonly version: 1;
  readonly id: string;
  readonly build: ReleaseBuild;
  /** Who began it. */
  readonly by: string;
  /** In the order in which they are released: the standby first, the active Region last. */
  readonly regions: readonly RegionRelease[];
  /** Percent of the requests that the new colour gets, step by step; the last is 100. */
  readonly shares: readonly number[];
  /** Seconds of each step, as whole periods of metrics. Like all seconds here, as they pass: divided by the time scale. */
  readonly stepSeconds: number;
  /** Seconds for which all requests go to the new colour, watched, before the next Region begins. */
  readonly bakeSeconds: number;
  /** Seconds for which the old colour stays as it is after the last Region. */
  readonly warmSeconds: number;
  /** Seconds between the last request to a colour and the end of its clones. */
  readonly drainSeconds: number;
  /** Seconds within which the idle colour must be healthy. */
  readonly launchSeconds: number;
  /** Seconds of one period of metrics, and of the alarms. */
  readonly periodSeconds: number;
  /** Seconds without data after which a release is rolled back. */
  readonly patienceSeconds: number;
  /** Requests to the new colour in a period, without which the period says nothing. */
  readonly minimumRequests: number;
  readonly rules: ReleaseRules;
  /** Alarms of the application whose silence a person has accepted. */
  readonly acceptedAlarms: readonly string[];
}

/** Seconds between two looks. */
export const pollSeconds = ({ periodSeconds }: Pick<ReleasePlan, 'periodSeconds'>): number =>
  Math.max(0.25, periodSeconds / 6);

/** Whole periods that a wait consists of; even one of no length wants one, since nothing else is evidence. */
export const periodsOf = ({ periodSeconds }: ReleasePlan, seconds: number): number =>
  Math.max(1, Math.ceil(seconds / periodSeconds));

/** Weights of a Region at this share of the new colour. */
export function weightsAt({ from, to }: RegionRelease, share: number): ColourWeights {
  const weights = { [to]: share, [from]: 100 - share };
  return { blue: weights.blue ?? 0, green: weights.green ?? 0 };
}
