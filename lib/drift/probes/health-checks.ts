import { isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json } from '../model';
import { compared, type Probe } from './probe';
import { isTold } from './resolve';

/** Switches that are off where nothing is said. */
const OFF = ['Inverted', 'Disabled', 'MeasureLatency'] as const;
/** What nobody fills in but who makes the check. */
const NAMED = [
  ...['ChildHealthChecks', 'FullyQualifiedDomainName', 'IPAddress', 'SearchString', 'RoutingControlArn'],
  ...['HealthThreshold', 'AlarmIdentifier', 'InsufficientDataHealthStatus'],
] as const;

/** What a health check asks, and what becomes of the answer: inverted, disabled, calculated from which others. */
export const healthChecks: Probe = {
  types: ['AWS::Route53::HealthCheck'],
  async look(declared, { live }) {
    const config = own(declared.properties, 'HealthCheckConfig');
    const found = await live.healthCheck(declared.region, declared.physicalId);
    const names = [...new Set([...Object.keys(isObject(config) ? config : {}), ...OFF, ...NAMED])];
    const expected = isTold(config) ? formOf(config, names) : config;
    const now = found === undefined ? undefined : { HealthCheckConfig: formOf(found, names) };
    return compared(declared, { HealthCheckConfig: expected }, now);
  },
};

/** The named parts, children without order. */
function formOf(config: Json | undefined, names: readonly string[]): JsonObject {
  const parts = names.map((name): [string, Json | undefined] => {
    const value = own(config, name);
    if ((OFF as readonly string[]).includes(name)) return [name, textOf(value) === 'true'];
    return [name, Array.isArray(value) ? (value as readonly Json[]).map(textOf).sort() : value];
  });
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined)) as JsonObject;
}
