import { CONFIG, DERIVED, HEALTH_CHECK, kindOf } from '../parts/health-checks';
import { absent, COMPLIANT, gravest, type Judgement, type Rule, unknown, whether } from '../rule';
import type { Resource } from '../template';
import { asNumber, isHidden, type Value } from '../value';

/** The numbers of a health check are ones that Route 53 takes. */
export const healthCheckNumbers: Rule = {
  id: 'HealthCheckNumbers',
  title:
    'a health check has an interval of 10 or 30 seconds and a threshold from 1 to 10, or neither where it derives',
  why: 'other numbers are refused late, at deploy; the interval can never be changed, so a wrong one costs a new check and a moved record',
  fix: 'use RequestInterval 10 or 30 and FailureThreshold 1 to 10; leave both out for metric, calculated and routing-control checks',
  source: 'Route 53, HealthCheckConfig; octodns PR 326; terraform-provider-aws #5905',
  types: [HEALTH_CHECK],
  evaluate: check => {
    const kind = kindOf(check);
    if (isHidden(kind)) return unknown(`${CONFIG}.Type`);
    const [interval, threshold] = [`${CONFIG}.RequestInterval`, `${CONFIG}.FailureThreshold`];
    if (typeof kind === 'string' && DERIVED.includes(kind)) {
      return gravest([absent(check, interval), absent(check, threshold)]);
    }
    return gravest([
      within(check, interval, value => value === 10 || value === 30),
      within(check, threshold, value => Number.isInteger(value) && value >= 1 && value <= 10),
    ]);
  },
};

/** Absent numbers take the defaults, 30 s and 3. */
const within = (check: Resource, path: string, holds: (value: number) => boolean): Judgement =>
  check.at(path) === undefined ? COMPLIANT : whether(check, path, (value: Value) => holds(asNumber(value)));
