import { type AlarmRule, breaches, evaluateAlarm, evaluationRange, type Periods } from './alarm-arithmetic';
import { periodsOf, type ReleasePlan } from './release-plan';
import type { ReleaseState } from './release-state';
import type { PeriodMetrics } from './release-view';

/** The values that the two alarms look at. */
interface Measured {
  readonly errorPercent?: number;
  readonly latencySeconds?: number;
}

/** A period that too few requests fall into says nothing, whatever it says. */
function measured(
  { minimumRequests }: Pick<ReleasePlan, 'minimumRequests'>,
  period: PeriodMetrics | undefined,
): Measured {
  const { requests = 0, errors = 0, latencySeconds } = period ?? {};
  // A request that got no connection has failed without being counted as served.
  const all = Math.max(requests, errors);
  return all < minimumRequests ? {} : { errorPercent: (100 * errors) / all, latencySeconds };
}

/** Why the new colour is not healthy, or nothing: an alarm that rings, by the arithmetic of CloudWatch. */
export function ringing(
  { plan, watchedFrom = Number.POSITIVE_INFINITY }: ReleaseState,
  metrics: readonly PeriodMetrics[],
  now: number,
): string | undefined {
  const { rules, periodSeconds } = plan;
  const periodOf = byBegin(metrics);
  const values = (rule: AlarmRule, of: (measured: Measured) => number | undefined): Periods =>
    wholePeriods(plan, now, evaluationRange(rule)).map(at =>
      at + periodSeconds * 1000 <= watchedFrom ? undefined : of(measured(plan, periodOf(at))),
    );
  const errors = values(rules.errors, ({ errorPercent }) => errorPercent);
  if (evaluateAlarm(rules.errors, errors, 'OK') === 'ALARM') {
    return `${newest(errors).toFixed(1)} % of the requests fail; more than ${rules.errors.threshold} % is an alarm`;
  }
  const latency = values(rules.latency, ({ latencySeconds }) => latencySeconds);
  if (evaluateAlarm(rules.latency, latency, 'OK') !== 'ALARM') return undefined;
  return `answers take ${newest(latency).toFixed(2)} s; more than ${rules.latency.threshold} s is an alarm`;
}

/**
 * Whether as many whole periods in a row as the wait has were measured since it began, each is good, and none after them was
 * bad, be it of ever so few requests. Time alone is no evidence: periods whose metrics are missing or late keep the wait
 * going, however long ago they were.
 */
export function isProven(
  plan: ReleasePlan,
  since: number,
  seconds: number,
  metrics: readonly PeriodMetrics[],
): boolean {
  const period = plan.periodSeconds * 1000;
  const periodOf = byBegin(metrics);
  const last = Math.max(...metrics.map(({ at }) => at));
  let [run, proven] = [0, false];
  for (let at = Math.ceil(since / period) * period; at <= last; at += period) {
    const seen = periodOf(at);
    if (isBad(plan, measured({ ...plan, minimumRequests: 1 }, seen))) proven = false;
    run = isGood(plan, measured(plan, seen)) ? run + 1 : 0;
    proven ||= run >= periodsOf(plan, seconds);
  }
  return proven;
}

function isGood(plan: ReleasePlan, seen: Measured): boolean {
  return seen.errorPercent !== undefined && seen.latencySeconds !== undefined && !isBad(plan, seen);
}

function isBad({ rules }: ReleasePlan, { errorPercent, latencySeconds }: Measured): boolean {
  const fails = errorPercent !== undefined && breaches(rules.errors, errorPercent);
  return fails || (latencySeconds !== undefined && breaches(rules.latency, latencySeconds));
}

/** End of the newest period that says something; `undefined` when none does. */
export function measuredUntil(plan: ReleasePlan, metrics: readonly PeriodMetrics[]): number | undefined {
  const ends = metrics
    .filter(period => measured(plan, period).errorPercent !== undefined)
    .map(({ at }) => at + plan.periodSeconds * 1000);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** From when metrics are needed: to prove the wait under way, and to fill the range of the alarms. */
export function metricsFrom({ plan, since, watchedFrom }: ReleaseState, now: number): number {
  const periods = Math.max(evaluationRange(plan.rules.errors), evaluationRange(plan.rules.latency)) + 1;
  return Math.min(since ?? now, watchedFrom ?? now, now - periods * plan.periodSeconds * 1000);
}

/** Begins of the newest whole periods, the newest last. */
function wholePeriods({ periodSeconds }: ReleasePlan, now: number, count: number): number[] {
  const period = periodSeconds * 1000;
  const end = Math.floor(now / period) * period;
  return Array.from({ length: count }, (_, index) => end - (count - index) * period);
}

function byBegin(metrics: readonly PeriodMetrics[]): (at: number) => PeriodMetrics | undefined {
  const known = new Map(metrics.map(period => [period.at, period]));
  return at => known.get(at);
}

const newest = (values: Periods): number => values.findLast(value => value !== undefined) ?? 0;
