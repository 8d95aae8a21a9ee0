import { CONFIG, DERIVED, HEALTH_CHECK, kindOf } from '../parts/health-checks';
import { NOT_APPLICABLE, type Rule, whether } from '../rule';

/** Ranges that no checker on the internet reaches: RFC 1918, shared, loopback, link-local, and their like in IPv6. */
const PRIVATE =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;
const PRIVATE_NAME = /\.(internal|local|localdomain)\.?$/i;

/** A health check probes what the internet reaches. */
export const healthCheckAddress: Rule = {
  id: 'HealthCheckAddress',
  title: 'a health check probes a public address',
  why: 'the checkers stand on the internet: a private target is refused or always unhealthy, so the record fails over at once or never',
  fix: 'probe a public endpoint, or use a CLOUDWATCH_METRIC check on an alarm that watches the private target',
  source: 'Route 53, configuring failover in a private hosted zone; octodns PR 326',
  types: [HEALTH_CHECK],
  evaluate: check => {
    const kind = kindOf(check);
    if (typeof kind === 'string' && DERIVED.includes(kind)) return NOT_APPLICABLE;
    return check.at(`${CONFIG}.IPAddress`) === undefined
      ? whether(
          check,
          `${CONFIG}.FullyQualifiedDomainName`,
          name => typeof name === 'string' && !PRIVATE.test(name) && !PRIVATE_NAME.test(name),
        )
      : whether(
          check,
          `${CONFIG}.IPAddress`,
          address => typeof address === 'string' && !PRIVATE.test(address),
        );
  },
};
