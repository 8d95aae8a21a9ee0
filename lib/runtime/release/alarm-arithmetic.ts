/**
 * The arithmetic of a CloudWatch metric alarm: M of N periods, missing data, the evaluation range. Pure, so that the
 * same rules decide on AWS, in the lab and on a virtual clock. What CloudWatch documents it by are two tables
 * ("Configuring how CloudWatch alarms treat missing data"); `test/runtime/release/alarm-arithmetic.test.ts` has every row.
 */

/** How a period without data counts. */
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** How a value is held against the threshold, in CloudWatch's own words. */
export type AlarmComparison =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** What CloudWatch says of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm on one metric. */
export interface AlarmRule {
  readonly threshold: number;
  readonly comparison: AlarmComparison;
  /** N: periods that are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
}

/** Values of the newest periods, the newest last; `undefined` where a period has none. */
export type Periods = readonly (number | undefined)[];

/**
 * Periods that are fetched for an alarm of N: CloudWatch looks further back than N, so that late data still count. How
 * far depends on the period; its tables show five for three.
 */
export const evaluationRange = (rule: AlarmRule): number => rule.evaluationPeriods + 2;

/**
 * State of the alarm after these periods, which should be as many as {@link evaluationRange} says.
 *
 * @param before the state that `ignore` keeps
 */
export function evaluateAlarm(rule: AlarmRule, periods: Periods, before: AlarmState): AlarmState {
  const newestFirst = [...periods].reverse().slice(0, evaluationRange(rule));
  const real = newestFirst.flatMap((value, age) =>
    value === undefined ? [] : [{ age, breaching: breaches(rule, value) }],
  );
  const newest = real.slice(0, rule.evaluationPeriods);
  const breaching = newest.filter(point => point.breaching).length;
  // Enough real data: nothing is filled in, whatever is missing between.
  const missing = rule.evaluationPeriods - newest.length;
  const filled = rule.missingData === 'breaching' ? missing : 0;
  if (breaching + filled >= rule.datapointsToAlarm) return 'ALARM';
  if (missing === 0 || rule.missingData === 'breaching' || rule.missingData === 'notBreaching') return 'OK';
  if (real.length === 0) return rule.missingData === 'ignore' ? before : 'INSUFFICIENT_DATA';
  if (!isPremature(rule, real)) return 'OK';
  return rule.missingData === 'ignore' ? before : 'ALARM';
}

/** Whether the value breaches the threshold. */
export function breaches({ comparison, threshold }: AlarmRule, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

/**
 * "Avoiding premature transitions": with too little data to fill M, an alarm still goes off when all that there is
 * breaches and the oldest of it is at least M periods old.
 */
function isPremature(
  rule: AlarmRule,
  real: readonly { readonly age: number; readonly breaching: boolean }[],
): boolean {
  const oldest = real.at(-1)?.age ?? 0;
  return real.every(point => point.breaching) && oldest + 1 >= rule.datapointsToAlarm;
}
