import { CONFIG, HEALTH_CHECK, kindOf } from '../parts/health-checks';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { asList, asNumber, isHidden } from '../value';

/** A calculated check can be healthy and can be unhealthy. */
export const healthCheckChildren: Rule = {
  id: 'HealthCheckChildren',
  title: 'a calculated health check has children, and a threshold from 1 to their count',
  why: 'a threshold of 0 is always healthy and one above the count never is: either way nothing that happens changes the answer',
  fix: 'list ChildHealthChecks and set HealthThreshold to how many of them must be healthy',
  source: 'Route 53, HealthCheckConfig, HealthThreshold',
  types: [HEALTH_CHECK],
  evaluate: check => {
    const kind = kindOf(check);
    if (isHidden(kind)) return unknown(`${CONFIG}.Type`);
    if (kind !== 'CALCULATED') return NOT_APPLICABLE;
    const children = check.at(`${CONFIG}.ChildHealthChecks`);
    const threshold = check.at(`${CONFIG}.HealthThreshold`);
    if (isHidden(children)) return unknown(`${CONFIG}.ChildHealthChecks`);
    const count = asList(children).length;
    if (count === 0) return broken(`${CONFIG}.ChildHealthChecks`);
    if (isHidden(threshold)) return unknown(`${CONFIG}.HealthThreshold`);
    const needed = asNumber(threshold);
    return needed >= 1 && needed <= count ? COMPLIANT : broken(`${CONFIG}.HealthThreshold`);
  },
};
