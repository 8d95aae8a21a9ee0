import type { RoutingCheck, RoutingRecord, RoutingZone } from './routing-answer';

/** A synthesized template, as `Template.toJSON()` or a file of the assembly gives it. */
export interface RoutingTemplate {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

type Properties = Readonly<Record<string, unknown>>;

/**
 * Records and checks of several templates as one zone, by a key for each template such as its Region. A check's id is
 * `<key>/<logical id>`; a target that is known only at deploy is `<key>/<its expression as JSON>`.
 */
export function routingZoneOf(templates: Readonly<Record<string, RoutingTemplate>>): RoutingZone {
  const resources = Object.entries(templates).flatMap(([key, template]) =>
    Object.entries(template.Resources ?? {}).map(([id, { Type, Properties: given }]) => ({
      key,
      id,
      type: Type,
      properties: (given ?? {}) as Properties,
    })),
  );
  return {
    records: resources
      .filter(({ type }) => type === 'AWS::Route53::RecordSet')
      .map(({ key, properties }) => recordOf(key, properties)),
    checks: resources
      .filter(({ type }) => type === 'AWS::Route53::HealthCheck')
      .map(({ key, id, properties }) =>
        checkOf(key, `${key}/${id}`, properties.HealthCheckConfig as Properties),
      ),
  };
}

function recordOf(key: string, properties: Properties): RoutingRecord {
  const alias = properties.AliasTarget as Properties | undefined;
  const values = properties.ResourceRecords as readonly unknown[] | undefined;
  return {
    name: plainName(String(properties.Name)),
    type: String(properties.Type),
    target: textOf(key, alias?.DNSName ?? values?.[0]),
    evaluateTargetHealth: alias?.EvaluateTargetHealth === true,
    setIdentifier: properties.SetIdentifier as string | undefined,
    failover: properties.Failover as RoutingRecord['failover'],
    latencyRegion: properties.Region as string | undefined,
    healthCheckId: properties.HealthCheckId === undefined ? undefined : idOf(key, properties.HealthCheckId),
  };
}

function checkOf(key: string, id: string, config: Properties): RoutingCheck {
  return {
    id,
    subject: subjectOf(key, config),
    inverted: config.Inverted === true,
    disabled: config.Disabled === true,
  };
}

function subjectOf(key: string, config: Properties): RoutingCheck['subject'] {
  if (config.Type === 'CALCULATED') {
    const children = (config.ChildHealthChecks as readonly unknown[] | undefined) ?? [];
    return {
      kind: 'calculated',
      children: children.map(child => idOf(key, child)),
      threshold: Number(config.HealthThreshold ?? children.length),
    };
  }
  if (config.Type === 'CLOUDWATCH_METRIC') {
    const alarm = config.AlarmIdentifier as Properties;
    return { kind: 'alarm', region: textOf(key, alarm.Region), name: textOf(key, alarm.Name) };
  }
  if (config.Type === 'RECOVERY_CONTROL') {
    return { kind: 'routing-control', arn: textOf(key, config.RoutingControlArn) };
  }
  const host = config.FullyQualifiedDomainName ?? config.IPAddress;
  return { kind: 'endpoint', host: textOf(key, host), path: String(config.ResourcePath ?? '/') };
}

/** A check's id: text stands for itself, a reference for the resource that it names. */
function idOf(key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const node = value as { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly [string, string] };
  return `${key}/${node.Ref ?? node['Fn::GetAtt']?.[0] ?? JSON.stringify(value)}`;
}

function textOf(key: string, value: unknown): string {
  return typeof value === 'string' ? plainName(value) : `${key}/${JSON.stringify(value)}`;
}

/** Route 53 compares names in lower case and without a final dot. */
function plainName(name: string): string {
  return name.startsWith('arn:') ? name : name.toLowerCase().replace(/\.$/, '');
}
