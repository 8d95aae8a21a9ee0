import type { Resource } from '../template';
import type { Value } from '../value';

/** Type of Route 53 health checks. */
export const HEALTH_CHECK = 'AWS::Route53::HealthCheck';
/** Where a health check's settings stand. */
export const CONFIG = 'Properties.HealthCheckConfig';

/** Kind of a health check, such as `HTTPS` or `CALCULATED`. */
export const kindOf = (check: Resource): Value => check.at(`${CONFIG}.Type`);

/** Kinds that probe nothing themselves, and take neither interval nor threshold. */
export const DERIVED = ['CLOUDWATCH_METRIC', 'CALCULATED', 'RECOVERY_CONTROL'];
