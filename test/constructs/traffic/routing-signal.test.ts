import { BlockList } from 'node:net';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import fc from 'fast-check';
import { routingAnswer } from '../../../constructs/traffic/routing-answer';
import { LatencyReads } from '../../../constructs/traffic/routing-reads';
import type { RoutingSignal } from '../../../constructs/traffic/routing-signal';
import { signalRules } from '../../../constructs/traffic/routing-signal-rules';
import { type RoutingTemplate, routingZoneOf } from '../../../constructs/traffic/routing-template';

const REGIONS = ['us-east-2', 'us-west-2', 'eu-west-1'];

function reads(signal: RoutingSignal | ((stack: Stack) => RoutingSignal), region = 'us-east-2', more = {}) {
  const stack = new Stack(new App(), 'Reads', { env: { account: '000000000000', region } });
  const built = new LatencyReads(stack, 'Reads', {
    region,
    host: 'orders.example.com',
    hostedZoneId: 'Z0000000000ORDERS000',
    service: { dnsName: `balancer.${region}.test`, hostedZoneId: 'ZBALANCER' },
    signal: typeof signal === 'function' ? signal(stack) : signal,
    ...more,
  });
  return { built, template: Template.fromStack(stack) };
}

const ENDPOINT: RoutingSignal = { kind: 'endpoint' };

/** An alarm on one metric, changed. */
const alarm =
  (metric: Partial<cloudwatch.MetricProps> = {}, options: Partial<cloudwatch.CreateAlarmOptions> = {}) =>
  (stack: Stack): RoutingSignal => ({
    kind: 'alarm',
    alarm: new cloudwatch.Alarm(stack, 'Alarm', {
      metric: new cloudwatch.Metric({
        namespace: 'Orders',
        metricName: 'Served',
        statistic: 'Sum',
        ...metric,
      }),
      threshold: 1,
      evaluationPeriods: 3,
      ...options,
    }),
  });

describe('latency reads', () => {
  const zone = routingZoneOf(
    Object.fromEntries(
      REGIONS.map(region => [region, reads(ENDPOINT, region).template.toJSON() as RoutingTemplate]),
    ),
  );
  const from = (nearest: readonly string[], serving: readonly string[]) =>
    routingAnswer(zone, 'read.orders.example.com', {
      nearest,
      endpointAnswers: host => serving.some(region => host === `${region}.orders.example.com`),
    });

  test.each([
    { what: 'the nearest Region', serving: REGIONS, to: 'us-west-2' },
    { what: 'the next that serves', serving: ['us-east-2', 'eu-west-1'], to: 'eu-west-1' },
    { what: 'the nearest where none serves', serving: [], to: 'us-west-2' },
  ])('lead to $what', ({ serving, to }) => {
    expect(from(['us-west-2', 'eu-west-1', 'us-east-2'], serving)).toBe(`balancer.${to}.test`);
  });

  test('BP-29: a record for each Region with its own identifier and signal, and no failover beside it', () => {
    expect(zone.records.map(({ setIdentifier }) => setIdentifier)).toEqual(REGIONS);
    expect(zone.records.every(record => record.healthCheckId !== undefined && !record.failover)).toBe(true);
    reads(ENDPOINT).template.hasResource('AWS::Route53::RecordSet', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        Region: 'us-east-2',
        Weight: Match.absent(),
        TTL: Match.absent(),
        AliasTarget: { EvaluateTargetHealth: false },
      },
    });
  });

  test('an alarm stands for what no checker reaches, and keeps its last word while it knows nothing', () => {
    reads(alarm()).template.hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Region: 'us-east-2', Name: { Ref: Match.anyValue() } },
        InsufficientDataHealthStatus: 'LastKnownStatus',
        RequestInterval: Match.absent(),
        FailureThreshold: Match.absent(),
      },
    });
  });

  test('several signals count together', () => {
    const of = (stack: Stack): RoutingSignal => ({
      kind: 'calculated',
      of: [
        { kind: 'endpoint', host: '192.0.2.10' },
        alarm()(stack) as Extract<RoutingSignal, { kind: 'alarm' }>,
      ],
      threshold: 1,
    });
    const { template } = reads(of);
    template.hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: { Type: 'CALCULATED', HealthThreshold: 1, RequestInterval: Match.absent() },
    });
    template.hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: { Type: 'HTTPS', IPAddress: '192.0.2.10', EnableSNI: false },
    });
    template.resourceCountIs('AWS::Route53::HealthCheck', 3);
  });
});

describe('refuses', () => {
  const untyped = (signal: unknown) => signal as RoutingSignal;

  test.each<[string, RoutingSignal | ((stack: Stack) => RoutingSignal), RegExp]>([
    ['BP-29: no signal', untyped(undefined), /signal: a record without a signal is always healthy/],
    ['BP-30: an interval of 20', { kind: 'endpoint', checkIntervalSeconds: 20 }, /received 20; use 10 or 30/],
    ['BP-30: an interval of 45', { kind: 'endpoint', checkIntervalSeconds: 45 }, /received 45; use 10 or 30/],
    ['BP-30: a threshold of 11', { kind: 'endpoint', checkFailures: 11 }, /received 11;.*1 to 10/],
    [
      'BP-30: interval and threshold for an alarm',
      stack => untyped({ ...alarm()(stack), checkIntervalSeconds: 10, checkFailures: 3 }),
      /signal\.checkIntervalSeconds: the check of an alarm has none[\s\S]*signal\.checkFailures/,
    ],
    [
      'BP-30: a private address',
      { kind: 'endpoint', host: '10.0.0.5' },
      /signal\.host: the public checkers cannot reach it, received "10\.0\.0\.5"; watch it with an alarm/,
    ],
    ['an address of a link', { kind: 'endpoint', host: '169.254.1.1' }, /cannot reach it/],
    ['172.16 to 172.31', { kind: 'endpoint', host: '172.31.0.1' }, /cannot reach it/],
    ['a carrier address', { kind: 'endpoint', host: '100.64.0.1' }, /cannot reach it/],
    ['an internal balancer', { kind: 'endpoint', host: 'internal-orders-1.elb.test' }, /cannot reach it/],
    ['a name of a private zone', { kind: 'endpoint', host: 'orders.corp.internal' }, /cannot reach it/],
    [
      'half an address',
      { kind: 'endpoint', host: '192.0.2' },
      /received "192\.0\.2"; use a host name or a whole IPv4 address/,
    ],
    [
      'BP-30: 3 of no signals',
      { kind: 'calculated', of: [], threshold: 3 },
      /signal\.of:.*received 0; use a whole number from 1 to 255/,
    ],
    [
      'BP-30: 3 of 2 signals',
      { kind: 'calculated', of: [{ kind: 'endpoint' }, { kind: 'endpoint' }], threshold: 3 },
      /signal\.threshold:.*received 3; use a whole number from 1 to 2/,
    ],
    [
      'what is wrong inside a calculated signal',
      { kind: 'calculated', of: [{ kind: 'endpoint', checkFailures: 0 }] },
      /signal\.of\[0\]\.checkFailures/,
    ],
    [
      'BP-32: another path than the target groups check',
      { kind: 'endpoint', path: '/healthz', targetGroupPath: '/health' },
      /signal\.path: the target groups check \/health: either can fail alone/,
    ],
    ['a percentile', alarm({ statistic: 'p99' }), /alarm\.statistic: .*extended statistic, received "p99"/],
    ['a trimmed mean', alarm({ statistic: 'tm90' }), /alarm\.statistic/],
    ['high resolution', alarm({ period: Duration.seconds(10) }), /alarm\.period: .*received "10 s"/],
    ['M out of N', alarm({}, { datapointsToAlarm: 2 }), /alarm\.datapointsToAlarm: .*M out of N/],
    [
      'metric math',
      stack => ({
        kind: 'alarm',
        alarm: new cloudwatch.Alarm(stack, 'Math', {
          metric: new cloudwatch.MathExpression({
            expression: 'a / b',
            usingMetrics: {
              a: new cloudwatch.Metric({ namespace: 'Orders', metricName: 'A' }),
              b: new cloudwatch.Metric({ namespace: 'Orders', metricName: 'B' }),
            },
          }),
          threshold: 1,
          evaluationPeriods: 1,
        }),
      }),
      /alarm: .*one metric, received "metric math"/,
    ],
    [
      'a composite alarm',
      stack => ({
        kind: 'alarm',
        alarm: new cloudwatch.CompositeAlarm(stack, 'Both', {
          alarmRule: cloudwatch.AlarmRule.fromBoolean(true),
        }),
      }),
      /alarm: .*received "a composite alarm"/,
    ],
  ])('%s', (_what, signal, message) => {
    expect(() => reads(signal)).toThrow(message);
  });

  test('BP-30: every address that no public checker reaches, and no other', () => {
    const closed = new BlockList();
    for (const [network, bits] of [
      ['0.0.0.0', 8],
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      ['224.0.0.0', 3],
    ] as const) {
      closed.addSubnet(network, bits);
    }
    const near = fc.constantFrom(
      0,
      9,
      10,
      11,
      99,
      100,
      101,
      126,
      127,
      128,
      168,
      169,
      171,
      172,
      173,
      192,
      223,
      224,
    );
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.oneof(near, octet), octet, octet, octet, (...octets) => {
        const host = octets.join('.');
        const broken = signalRules('signal', { kind: 'endpoint', host }).filter(Boolean);
        expect(broken.length > 0).toBe(closed.check(host));
      }),
      { numRuns: 2000 },
    );
  });

  test("reads under the failover chain's own name", () => {
    expect(() => reads(ENDPOINT, 'us-east-2', { readHost: 'orders.example.com' })).toThrow(/readHost/);
  });

  test('nothing of an imported alarm, of which nothing is known', () => {
    const imported = (stack: Stack): RoutingSignal => ({
      kind: 'alarm',
      alarm: cloudwatch.Alarm.fromAlarmName(stack, 'Imported', 'orders-served'),
    });
    expect(() => reads(imported)).not.toThrow();
  });
});
