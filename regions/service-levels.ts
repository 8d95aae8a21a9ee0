/**
 * Arithmetic of service levels: how fast an error budget burns, when that wakes somebody, and how long it takes until it
 * does. Source of the windows and shares: the multi-window, multi-burn-rate alerts of the SRE Workbook, chapter 5.
 */
import type { ServiceLevelSpec } from './journeys';
import type { Topology } from './topology';

/** Length of the window of an error budget unless a service level names another, in days. */
export const SERVICE_LEVEL_WINDOW_DAYS = 30;

/** One speed at which a budget may burn, and who is to know. */
export interface BurnRate {
  /** Part of alarm names. */
  readonly name: 'fast' | 'slow' | 'leak';
  /** `page`: somebody gets up. `ticket`: somebody looks on the next working day. */
  readonly severity: 'page' | 'ticket';
  /** Share of the budget of 30 days that is gone when the long window is full of it. */
  readonly budgetShare: number;
  /** Window that must have burned so much that it matters. */
  readonly longMinutes: number;
  /** Window that must still burn, so that the alarm ends soon after the trouble does. */
  readonly shortMinutes: number;
}

/** From the fastest to the slowest. */
export const BURN_RATES: readonly BurnRate[] = [
  { name: 'fast', severity: 'page', budgetShare: 0.02, longMinutes: 60, shortMinutes: 5 },
  { name: 'slow', severity: 'page', budgetShare: 0.05, longMinutes: 360, shortMinutes: 30 },
  { name: 'leak', severity: 'ticket', budgetShare: 0.1, longMinutes: 4320, shortMinutes: 360 },
];

/** A service level with its window filled in. */
export type ServiceObjective = Pick<ServiceLevelSpec, 'target' | 'windowDays'>;

/** Share that may be bad: 0.001 of a target of 0.999. Rounded to what a target can say, so that 1 - 0.999 is 0.001. */
export const errorBudget = ({ target }: Pick<ServiceObjective, 'target'>): number =>
  Math.round((1 - target) * 1e9) / 1e9;

/**
 * How many times faster than the budget allows: 14.4, 6 and 1 for 30 days. Never below 1, since what burns slower
 * keeps its promise.
 */
export function burnFactor({ budgetShare, longMinutes }: BurnRate, { windowDays }: ServiceObjective): number {
  const days = windowDays ?? SERVICE_LEVEL_WINDOW_DAYS;
  return Math.max(1, (budgetShare * days * 1440) / longMinutes);
}

/** Share of bad events above which both windows of a burn rate are in alarm. */
export const burnThreshold = (rate: BurnRate, objective: ServiceObjective): number =>
  burnFactor(rate, objective) * errorBudget(objective);

/**
 * Minutes from the start of a trouble in which this share of all events is bad until the alarm can know it, with even
 * traffic and nothing bad before; infinite when it never does.
 */
export function detectionMinutes(rate: BurnRate, objective: ServiceObjective, badShare: number): number {
  const threshold = burnThreshold(rate, objective);
  if (badShare <= threshold) return Number.POSITIVE_INFINITY;
  const windows = [rate.longMinutes, rate.shortMinutes];
  return Math.max(...windows.map(minutes => (minutes * threshold) / badShare));
}

/** Name of the level that every Region's canary watches: the service under its own name, whichever Region serves. */
export const OUTSIDE_LEVEL = 'outside';

/** A level that is watched. */
export interface WatchedLevel extends ServiceLevelSpec {
  /** Home whose data it is about. @default - all data, or no data */
  readonly home?: string;
}

/**
 * What is watched: what the topology promises, of the durability of each home apart, and beside it the strictest of its
 * availabilities as seen from outside, since a Region that is lost tells nothing of itself.
 */
export function watchedLevels({
  serviceLevels = [],
  homes = [],
}: Pick<Topology, 'serviceLevels' | 'homes'>): readonly WatchedLevel[] {
  const levels = serviceLevels.flatMap(level =>
    level.kind !== 'durability' || homes.length === 0
      ? [level]
      : homes.map(({ name: home }) => ({ ...level, name: `${level.name}-${home}`, home })),
  );
  const strictest = levels
    .filter(({ kind }) => kind === 'availability')
    .sort((a, b) => b.target - a.target)[0];
  if (strictest === undefined) return levels;
  const { target, windowDays } = strictest;
  return [...levels, { name: OUTSIDE_LEVEL, kind: 'availability', target, windowDays }];
}
