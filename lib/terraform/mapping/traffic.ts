import type { ResourceMapping } from '../resource-mapping';
import { block, type Converted, elsewhere, lift, pairs, type Rules, type Split, same, TAGS } from '../rule';
import { type Arguments, type Draft, isRecord, type Term } from '../term';

/** `[{ Key, Value }]` by rules of the key: where each setting stands in Terraform. */
const settings = (places: Readonly<Record<string, Place>>): Split => ({
  split: (list, unmapped) => {
    const result: Record<string, Term> = {};
    for (const pair of Array.isArray(list) ? list.filter(isRecord) : []) {
      const known = places[String(pair.Key)];
      if (known === undefined) unmapped(String(pair.Key), pair.Value ?? null);
      else put(result, known, pair.Value ?? null);
    }
    return result;
  },
});

interface Place {
  readonly at: readonly string[];
  readonly as: 'boolean' | 'number' | 'text';
}

const place = (path: string, as: Place['as']): Place => ({ at: path.split('.'), as });

function put(into: Record<string, Term>, { at, as }: Place, value: Term): void {
  const [last = '', ...blocks] = [...at].reverse();
  let here: Record<string, Term> = into;
  for (const name of blocks.reverse()) {
    here[name] ??= {};
    here = here[name] as Record<string, Term>;
  }
  here[last] = as === 'boolean' ? value === 'true' : as === 'number' ? Number(value) : value;
}

const BALANCER_SETTINGS = settings({
  'deletion_protection.enabled': place('enable_deletion_protection', 'boolean'),
  'routing.http.drop_invalid_header_fields.enabled': place('drop_invalid_header_fields', 'boolean'),
  'routing.http.desync_mitigation_mode': place('desync_mitigation_mode', 'text'),
  'zonal_shift.config.enabled': place('enable_zonal_shift', 'boolean'),
  'access_logs.s3.enabled': place('access_logs.enabled', 'boolean'),
  'access_logs.s3.bucket': place('access_logs.bucket', 'text'),
  'access_logs.s3.prefix': place('access_logs.prefix', 'text'),
});

const failover = 'target_group_health.dns_failover';
const routing = 'target_group_health.unhealthy_state_routing';

const TARGET_SETTINGS = settings({
  'deregistration_delay.timeout_seconds': place('deregistration_delay', 'number'),
  'slow_start.duration_seconds': place('slow_start', 'number'),
  'stickiness.enabled': place('stickiness.enabled', 'boolean'),
  [`${failover}.minimum_healthy_targets.count`]: place(`${failover}.minimum_healthy_targets_count`, 'text'),
  [`${failover}.minimum_healthy_targets.percentage`]: place(
    `${failover}.minimum_healthy_targets_percentage`,
    'text',
  ),
  [`${routing}.minimum_healthy_targets.count`]: place(`${routing}.minimum_healthy_targets_count`, 'number'),
  [`${routing}.minimum_healthy_targets.percentage`]: place(
    `${routing}.minimum_healthy_targets_percentage`,
    'text',
  ),
});

const HEALTH_CHECK: Readonly<Record<string, string>> = {
  HealthCheckIntervalSeconds: 'interval',
  HealthCheckPath: 'path',
  HealthCheckProtocol: 'protocol',
  HealthCheckTimeoutSeconds: 'timeout',
  HealthyThresholdCount: 'healthy_threshold',
  UnhealthyThresholdCount: 'unhealthy_threshold',
};

/** Health-check properties stand by themselves in CloudFormation and in one block in Terraform. */
function healthCheck(args: Arguments, properties: Arguments): Draft {
  const check: Record<string, Term> = {};
  for (const [property, argument] of Object.entries(HEALTH_CHECK)) {
    const value = properties[property];
    if (value !== undefined) check[argument] = value;
  }
  const { Matcher } = properties;
  if (isRecord(Matcher)) check.matcher = Matcher.HttpCode ?? null;
  const { stickiness } = args;
  return {
    ...args,
    stickiness: isRecord(stickiness) ? { type: 'lb_cookie', ...stickiness } : undefined,
    health_check: check,
  };
}

const inHealthCheck: Rules = Object.fromEntries(
  [...Object.keys(HEALTH_CHECK), 'Matcher'].map(name => [name, elsewhere]),
);

const scheme: Converted = { argument: 'internal', convert: value => value !== 'internet-facing' };

/** One certificate a listener; more would be companions. */
const certificate: Converted = {
  argument: 'certificate_arn',
  convert: list =>
    Array.isArray(list) && list.length === 1 && isRecord(list[0]) ? list[0].CertificateArn : undefined,
};

const ACTION: Rules = {
  ...same('Type'),
  ForwardConfig: block('forward', {
    TargetGroups: block('target_group', { TargetGroupArn: 'arn', Weight: 'weight' }),
  }),
  RedirectConfig: block('redirect', same('Port Protocol StatusCode')),
};

/** Balancers and DNS. */
export const TRAFFIC: Readonly<Record<string, ResourceMapping>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    type: 'aws_lb',
    ref: 'arn',
    attributes: {
      DNSName: 'dns_name',
      CanonicalHostedZoneID: 'zone_id',
      LoadBalancerFullName: 'arn_suffix',
      LoadBalancerArn: 'arn',
    },
    properties: {
      ...same('Name SecurityGroups Subnets'),
      LoadBalancerAttributes: BALANCER_SETTINGS,
      Scheme: scheme,
      Type: 'load_balancer_type',
      ...TAGS,
    },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    type: 'aws_lb_target_group',
    ref: 'arn',
    attributes: { TargetGroupFullName: 'arn_suffix', TargetGroupArn: 'arn', TargetGroupName: 'name' },
    properties: {
      ...same('Name Port Protocol TargetType VpcId'),
      ...inHealthCheck,
      TargetGroupAttributes: TARGET_SETTINGS,
      ...TAGS,
    },
    complete: healthCheck,
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    type: 'aws_lb_listener',
    ref: 'arn',
    attributes: { ListenerArn: 'arn' },
    properties: {
      ...same('LoadBalancerArn Port Protocol SslPolicy'),
      Certificates: certificate,
      DefaultActions: block('default_action', ACTION),
      ...TAGS,
    },
  },
  'AWS::Route53::HealthCheck': {
    type: 'aws_route53_health_check',
    attributes: { HealthCheckId: 'id' },
    properties: {
      HealthCheckConfig: lift({
        ...same('FailureThreshold Port RequestInterval ResourcePath Type'),
        EnableSNI: 'enable_sni',
        FullyQualifiedDomainName: 'fqdn',
        Inverted: 'invert_healthcheck',
        ChildHealthChecks: 'child_healthchecks',
        HealthThreshold: 'child_health_threshold',
        RoutingControlArn: 'routing_control_arn',
      }),
      HealthCheckTags: pairs('tags'),
    },
  },
  'AWS::Route53::RecordSet': {
    type: 'aws_route53_record',
    ref: 'fqdn',
    properties: {
      ...same('HealthCheckId Name SetIdentifier Type'),
      AliasTarget: block('alias', {
        DNSName: 'name',
        EvaluateTargetHealth: 'evaluate_target_health',
        HostedZoneId: 'zone_id',
      }),
      Failover: { argument: 'failover_routing_policy', convert: type => ({ type }) },
      HostedZoneId: 'zone_id',
    },
  },
};
