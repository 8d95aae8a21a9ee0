import { HoldfastError, type Problem } from '../errors';
import type { RegisterRecord } from '../runtime/register/register';
import type {
  RegionRelease,
  ReleaseBuild,
  ReleaseColour,
  ReleasePlan,
} from '../runtime/release/release-plan';
import type { RegionView } from '../runtime/release/release-view';
import type { ReleaseOptions } from './settings';

/** Seconds of a period of an Application Load Balancer's metrics. */
export const AWS_PERIOD_SECONDS = 60;
/** Seconds, unscaled, without metrics after which a release goes back: they come minutes late at times. */
const PATIENCE_SECONDS = 600;
/** Seconds, unscaled, within which an idle colour must be healthy, and the least that a busy machine is given. */
const LAUNCH_SECONDS = 900;
const LEAST_LAUNCH_SECONDS = 120;
/** Seconds, unscaled: a target group's delay of deregistration, and a little. */
const DRAIN_SECONDS = 35;

/** What a plan is made of. */
export interface PlanInput {
  readonly id: string;
  readonly by: string;
  readonly build: ReleaseBuild;
  readonly options: ReleaseOptions;
  readonly register: RegisterRecord;
  /** Each Region as it was seen, in the order of the topology. */
  readonly regions: readonly { readonly region: string; readonly view: RegionView }[];
  readonly timeScale: number;
  readonly periodSeconds: number;
  /** Whether the target is a lab, where a single request is enough to measure. */
  readonly isLab: boolean;
  readonly acceptedAlarms: readonly string[];
}

/**
 * Makes the plan of a release: the standby first, the active Region last.
 * @throws HoldfastError `invalid-input` with every wrong option
 */
export function planRelease(input: PlanInput): ReleasePlan {
  const { options, timeScale, periodSeconds, register, id, by, build, acceptedAlarms } = input;
  const problems = problemsOf(options);
  if (problems.length > 0)
    throw new HoldfastError('invalid-input', 'this release cannot be planned', problems);
  const scaled = (minutes: number) => (minutes * 60) / timeScale;
  const { stepMinutes = 5, bakeMinutes = 10, keepWarmMinutes = 60 } = options;
  const inOrder = [...input.regions].sort(
    (one, other) => Number(one.region === register.region) - Number(other.region === register.region),
  );
  return {
    ...{ version: 1, id, by, build, acceptedAlarms, periodSeconds },
    regions: inOrder.map(({ region, view }) => regionOf(region, view, region !== register.region)),
    shares: sharesOf(options),
    stepSeconds: scaled(stepMinutes),
    bakeSeconds: scaled(bakeMinutes),
    warmSeconds: scaled(keepWarmMinutes),
    drainSeconds: DRAIN_SECONDS / timeScale,
    launchSeconds: Math.max(LEAST_LAUNCH_SECONDS, LAUNCH_SECONDS / timeScale),
    patienceSeconds: PATIENCE_SECONDS / timeScale,
    minimumRequests: options.minimumRequests ?? (input.isLab ? 1 : 10),
    rules: {
      errors: {
        ...{ comparison: 'GreaterThanThreshold', missingData: 'missing' },
        ...{ threshold: options.errorPercent ?? 5, evaluationPeriods: 1, datapointsToAlarm: 1 },
      },
      latency: {
        ...{ comparison: 'GreaterThanThreshold', missingData: 'missing' },
        ...{ threshold: options.latencySeconds ?? 1, evaluationPeriods: 3, datapointsToAlarm: 2 },
      },
    },
  };
}

/** The colour that serves all of a Region; nothing when none does. */
export function servingColour({ live, stored }: RegionView): ReleaseColour | undefined {
  const weights = [live, stored];
  const all = (colour: ReleaseColour, other: ReleaseColour) =>
    weights.every(each => each !== undefined && each[colour] > 0 && each[other] === 0);
  return all('blue', 'green') ? 'blue' : all('green', 'blue') ? 'green' : undefined;
}

function regionOf(region: string, view: RegionView, probed: boolean): RegionRelease {
  const from = servingColour(view);
  if (from === undefined) throw new HoldfastError('refused', `${region} does not serve by one colour alone`);
  const to = from === 'blue' ? 'green' : 'blue';
  const before = view.colours[to].build;
  return { region, from, to, clones: view.colours[from].desired, probed, ...(before && { before }) };
}

function sharesOf({ strategy = 'canary', canaryPercent = 10, steps = 4 }: ReleaseOptions): readonly number[] {
  if (strategy === 'all-at-once') return [100];
  if (strategy === 'canary') return [canaryPercent, 100];
  return Array.from({ length: steps }, (_, index) => Math.round((100 * (index + 1)) / steps));
}

function problemsOf(options: ReleaseOptions): readonly Problem[] {
  const { canaryPercent = 10, steps = 4, stepMinutes = 5, bakeMinutes = 10, keepWarmMinutes = 60 } = options;
  const { errorPercent = 5, latencySeconds = 1, minimumRequests = 1 } = options;
  const within = (path: string, received: number, least: number, most: number, isWhole = false) =>
    received >= least && received <= most && (!isWhole || Number.isInteger(received))
      ? []
      : [
          {
            path,
            received,
            message: 'is out of range',
            fix: `give ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}`,
          },
        ];
  return [
    ...within('--canary-percent', canaryPercent, 1, 99, true),
    ...within('--steps', steps, 2, 20, true),
    ...within('--step-minutes', stepMinutes, 0, 1440),
    ...within('--bake-minutes', bakeMinutes, 0, 1440),
    ...within('--keep-warm-minutes', keepWarmMinutes, 0, 10_080),
    ...within('--error-percent', errorPercent, 0, 100),
    ...within('--latency-seconds', latencySeconds, 0.01, 60),
    ...within('--minimum-requests', minimumRequests, 1, 100_000, true),
  ];
}
