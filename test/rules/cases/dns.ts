import { type CasesByRule, HIDDEN, one, perhaps, type Resources } from './case';

const record = (properties: object): Resources =>
  one('AWS::Route53::RecordSet', {
    Name: 'orders.example.com',
    Type: 'A',
    SetIdentifier: 'a',
    ...properties,
  });
const grouped = (...records: object[]): Resources =>
  one('AWS::Route53::RecordSetGroup', { RecordSets: records });
const alias = (evaluates?: unknown) => ({
  AliasTarget: { DNSName: 'lb', HostedZoneId: 'Z', EvaluateTargetHealth: evaluates },
});
const check = (config: object): Resources =>
  one('AWS::Route53::HealthCheck', {
    HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'a.example.com', ...config },
  });
const metric = (alarm: object): Resources => ({
  ...check({ Type: 'CLOUDWATCH_METRIC', AlarmIdentifier: { Name: { Ref: 'Alarm' }, Region: 'us-east-2' } }),
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: alarm },
});
const BASIC = { MetricName: 'HealthyHostCount', Statistic: 'Minimum', Period: 60 };
const targets = (path: unknown) => ({
  Targets: {
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    Properties: { Protocol: 'HTTP', HealthCheckPath: path },
  },
});

export const DNS: CasesByRule = {
  PrimaryRecordSignal: {
    compliant: {
      'a health check': record({ Failover: 'PRIMARY', HealthCheckId: HIDDEN, TTL: 60 }),
      'an alias that evaluates': record({ Failover: 'PRIMARY', ...alias(true) }),
    },
    broken: {
      'BP-29: PRIMARY without a check': record({ Failover: 'PRIMARY', TTL: 60 }),
      'BP-29: alias PRIMARY that does not evaluate': record({ Failover: 'PRIMARY', ...alias() }),
      'in a group of records': grouped({ Failover: 'PRIMARY', Name: 'a' }),
    },
    unknown: { 'a condition decides': record({ Failover: 'PRIMARY', HealthCheckId: perhaps('check') }) },
    notApplicable: { 'the SECONDARY has none on purpose': record({ Failover: 'SECONDARY' }) },
  },
  RecordSingleSignal: {
    compliant: {
      'the check decides': record({ Failover: 'PRIMARY', HealthCheckId: 'c', ...alias(false) }),
      'the target decides': record({ Failover: 'PRIMARY', ...alias(true) }),
    },
    broken: { both: record({ Failover: 'PRIMARY', HealthCheckId: 'c', ...alias(true) }) },
    unknown: { 'a parameter': record({ Failover: 'PRIMARY', HealthCheckId: 'c', ...alias(HIDDEN) }) },
  },
  FailoverTtl: {
    compliant: { 'BP-31: a minute': record({ Failover: 'PRIMARY', TTL: '60' }) },
    broken: { 'BP-31: the default of the CDK': record({ Failover: 'PRIMARY', TTL: '1800' }) },
    unknown: { 'a parameter': record({ Failover: 'PRIMARY', TTL: HIDDEN }) },
    notApplicable: { 'an alias has the TTL of its target': record({ Failover: 'PRIMARY', ...alias() }) },
  },
  FailoverRecordIdentity: {
    compliant: { 'a set identifier': record({ Failover: 'SECONDARY' }) },
    broken: {
      'BP-29: none': record({ Failover: 'SECONDARY', SetIdentifier: { Ref: 'AWS::NoValue' } }),
      'BP-29: failover and weight': record({ Failover: 'SECONDARY', Weight: 10 }),
    },
    unknown: { 'a condition decides': record({ Failover: 'SECONDARY', Weight: perhaps(10) }) },
  },
  FailoverRecordRoles: {
    compliant: {
      'a pair': grouped({ Failover: 'PRIMARY', Name: 'a' }, { Failover: 'SECONDARY', Name: 'a' }),
      'two names from two parameters': grouped(
        { Failover: 'PRIMARY', Name: HIDDEN },
        { Failover: 'PRIMARY', Name: { Ref: 'Other' } },
      ),
    },
    broken: {
      'BP-29: two of one role': grouped(
        { Failover: 'PRIMARY', Name: 'a' },
        { Failover: 'PRIMARY', Name: 'a' },
      ),
    },
    unknown: { 'a parameter': record({ Failover: HIDDEN }) },
  },
  HealthCheckNumbers: {
    compliant: {
      'BP-30: ten and two': check({ RequestInterval: 10, FailureThreshold: '2' }),
      'BP-30: a metric check without them': metric(BASIC),
    },
    broken: {
      'BP-30: interval 20': check({ RequestInterval: 20 }),
      'BP-30: interval 45': check({ RequestInterval: 45 }),
      'BP-30: threshold 11': check({ FailureThreshold: 11 }),
      'BP-30: a metric check with them': check({
        Type: 'CLOUDWATCH_METRIC',
        RequestInterval: 30,
        FailureThreshold: 3,
      }),
    },
    unknown: { 'a parameter': check({ RequestInterval: HIDDEN }), 'the kind': check({ Type: HIDDEN }) },
  },
  HealthCheckChildren: {
    compliant: {
      'two of two': check({ Type: 'CALCULATED', ChildHealthChecks: [HIDDEN, HIDDEN], HealthThreshold: 2 }),
    },
    broken: {
      'BP-30: three of none': check({ Type: 'CALCULATED', HealthThreshold: 3 }),
      'none of two is always healthy': check({
        Type: 'CALCULATED',
        ChildHealthChecks: ['a', 'b'],
        HealthThreshold: 0,
      }),
      'three of two never is': check({
        Type: 'CALCULATED',
        ChildHealthChecks: ['a', 'b'],
        HealthThreshold: 3,
      }),
    },
    unknown: {
      'a list parameter': check({ Type: 'CALCULATED', ChildHealthChecks: HIDDEN, HealthThreshold: 1 }),
    },
    notApplicable: { 'a check that probes': check({}) },
  },
  HealthCheckAddress: {
    compliant: { 'a public address': check({ IPAddress: '203.0.113.7' }), 'a name': check({}) },
    broken: {
      'BP-30: a private address': check({ IPAddress: '10.0.0.5' }),
      'the other private ranges': check({ IPAddress: '172.31.0.1' }),
      'a private name': check({ FullyQualifiedDomainName: 'db.internal' }),
    },
    unknown: { 'a parameter': check({ IPAddress: HIDDEN }) },
    notApplicable: { 'a metric check': check({ Type: 'CLOUDWATCH_METRIC' }) },
  },
  HealthCheckAlarm: {
    compliant: { 'a minimum over a minute': metric(BASIC) },
    broken: {
      'a percentile': metric({ ...BASIC, Statistic: undefined, ExtendedStatistic: 'p99' }),
      'a high resolution': metric({ ...BASIC, Period: 10 }),
      'metric math': metric({ Metrics: [] }),
      'no alarm': check({ Type: 'CLOUDWATCH_METRIC' }),
    },
    unknown: {
      'an alarm elsewhere': check({ Type: 'CLOUDWATCH_METRIC', AlarmIdentifier: { Name: 'elsewhere' } }),
      'a parameter': metric({ ...BASIC, Period: HIDDEN }),
    },
    notApplicable: { 'a check that probes': check({}) },
  },
  HealthPaths: {
    compliant: { 'BP-32: one path': { ...check({ ResourcePath: '/healthz' }), ...targets('/healthz') } },
    broken: {
      'BP-32: /healthz asks, /health answers': {
        ...check({ ResourcePath: '/healthz' }),
        ...targets('/health'),
      },
    },
    unknown: { 'a parameter': { ...check({ ResourcePath: '/healthz' }), ...targets(HIDDEN) } },
    notApplicable: {
      'BP-32: not both in one template': check({ ResourcePath: '/healthz' }),
      'an inverted check asks about another': {
        ...check({ Inverted: true, ResourcePath: '/' }),
        ...targets('/healthz'),
      },
      'a gate is another endpoint': {
        ...check({ FullyQualifiedDomainName: 'gate.example.com', ResourcePath: '/' }),
        ...targets('/healthz'),
        Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'gate.example.com' } },
      },
    },
  },
};
