import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FailoverDns, type FailoverDnsProps } from '../../../constructs/traffic/failover-dns';
import { routingAnswer } from '../../../constructs/traffic/routing-answer';
import type { RoutingControlTurn } from '../../../constructs/traffic/routing-control-turn';
import { RoutingControls, type RoutingControlsProps } from '../../../constructs/traffic/routing-controls';
import { type RoutingTemplate, routingZoneOf } from '../../../constructs/traffic/routing-template';

const CHAIN = ['us-east-2', 'us-west-2', 'ca-central-1'];
const PANEL = 'arn:aws:route53-recovery-control::000000000000:controlpanel/0f';
const TURN: RoutingControlTurn = {
  controls: Object.fromEntries(CHAIN.map((region, index) => [region, `${PANEL}/routingcontrol/0${index}`])),
  endpoints: ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'].map(region => ({
    region,
    url: `https://host-0.${region}.recovery.test/v1`,
  })),
  parameterName: '/orders/turn',
};

const stackOf = (region: string) =>
  new Stack(new App(), 'Turn', { env: { account: '000000000000', region } });

function dns(change: Partial<RoutingControlTurn> = {}, props: Partial<FailoverDnsProps> = {}) {
  const region = props.region ?? 'us-east-2';
  const stack = stackOf(region);
  const built = new FailoverDns(stack, 'Dns', {
    region,
    chain: CHAIN,
    host: 'orders.example.com',
    hostedZoneId: 'Z0000000000ORDERS000',
    service: { dnsName: `balancer.${region}.test`, hostedZoneId: 'ZBALANCER' },
    gate: { dnsName: `gate.${region}.test`, hostedZoneId: 'ZGATE' },
    turn: { ...TURN, ...change },
    ...props,
  });
  return { stack, built };
}

describe('a chain turned by routing controls', () => {
  const templates = CHAIN.map(
    region => [region, Template.fromStack(dns({}, { region }).stack).toJSON() as RoutingTemplate] as const,
  );
  const zone = routingZoneOf(Object.fromEntries(templates));
  const answered = (on: readonly string[]) =>
    routingAnswer(zone, 'orders.example.com', {
      endpointAnswers: () => false,
      routingControlIsOn: arn => on.some(region => TURN.controls[region] === arn),
    });

  test('answers with the Region whose control is on, whatever the gates say', () => {
    for (const region of CHAIN) expect(answered([region])).toBe(`balancer.${region}.test`);
  });

  test('two on, as in the middle of a move: the first of them; none on: the last of the chain', () => {
    expect(answered(['us-west-2', 'ca-central-1'])).toBe('balancer.us-west-2.test');
    expect(answered([])).toBe('balancer.ca-central-1.test');
  });

  test('a check is of type RECOVERY_CONTROL, with nothing of an endpoint', () => {
    Template.fromStack(dns().stack).hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: {
        Type: 'RECOVERY_CONTROL',
        RoutingControlArn: TURN.controls['us-east-2'],
        RequestInterval: Match.absent(),
        FailureThreshold: Match.absent(),
        FullyQualifiedDomainName: Match.absent(),
      },
    });
  });

  test('every Region keeps all five endpoints and the controls, so that nobody asks a control plane', () => {
    for (const [, template] of templates) {
      const kept = Object.values(template.Resources ?? {}).filter(
        ({ Type }) => Type === 'AWS::SSM::Parameter',
      );
      const Value = JSON.stringify({ endpoints: TURN.endpoints, controls: TURN.controls });
      expect(kept.map(({ Properties }) => Properties)).toEqual([
        expect.objectContaining({ Name: '/orders/turn', Value }),
      ]);
    }
  });

  test('turning them is a grant of the data plane, on these controls alone', () => {
    const { stack, built } = dns();
    built.grantTurn(new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('lambda') }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: Match.arrayWith(['route53-recovery-cluster:UpdateRoutingControlStates']),
            Resource: Object.values(TURN.controls),
          }),
        ],
      },
    });
  });

  test('a chain turned by gates has no control to grant', () => {
    const { stack, built } = dns({}, { turn: undefined });
    const role = new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('lambda') });
    expect(() => built.grantTurn(role)).toThrow(/turned by its gates[\s\S]*register\.grantMove/);
  });

  test.each<[string, Partial<RoutingControlTurn>, RegExp]>([
    ['four endpoints', { endpoints: TURN.endpoints.slice(1) }, /turn\.endpoints:.*five.*received 4/],
    [
      'an endpoint twice',
      { endpoints: [...TURN.endpoints.slice(1), ...TURN.endpoints.slice(1, 2)] },
      /turn\.endpoints: a Region is named twice/,
    ],
    [
      "another Region's address",
      { endpoints: TURN.endpoints.map(({ url }) => ({ region: 'eu-north-1', url })) },
      /turn\.endpoints\[0\]\.url: not the endpoint of eu-north-1/,
    ],
    [
      'BP-29: a Region without control',
      { controls: { 'us-east-2': `${PANEL}/routingcontrol/00` } },
      /turn\.controls\.us-west-2: no routing control.*no signal/,
    ],
    [
      'one control for two Regions',
      { controls: Object.fromEntries(CHAIN.map(region => [region, `${PANEL}/routingcontrol/00`])) },
      /turn\.controls: one control would turn two Regions/,
    ],
    [
      'more controls than one call turns',
      {
        controls: Object.fromEntries(
          Array.from({ length: 11 }, (_, index) => [`eu-west-${index}`, `${PANEL}/routingcontrol/${index}`]),
        ),
      },
      /turn\.controls: one call turns ten controls.*received 11/,
    ],
    [
      'an ARN of something else',
      { controls: { ...TURN.controls, 'us-east-2': PANEL } },
      /turn\.controls\.us-east-2:/,
    ],
    ['a parameter without path', { parameterName: 'turn' }, /turn\.parameterName/],
  ])('refuses %s', (_what, change, message) => {
    expect(() => dns(change)).toThrow(message);
  });
});

describe('RoutingControls', () => {
  const controls = (change: Partial<RoutingControlsProps> = {}) => {
    const stack = stackOf('us-west-2');
    const built = new RoutingControls(stack, 'Controls', {
      name: 'orders',
      clusterArn: 'arn:aws:route53-recovery-control::000000000000:cluster/0f',
      regions: CHAIN,
      ...change,
    });
    return { stack, built };
  };

  test('one control a Region, and one of them always stays on', () => {
    const template = Template.fromStack(controls().stack);
    template.resourceCountIs('AWS::Route53RecoveryControl::RoutingControl', CHAIN.length);
    template.hasResource('AWS::Route53RecoveryControl::SafetyRule', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        AssertionRule: {
          AssertedControls: CHAIN.map(() => ({ 'Fn::GetAtt': Match.anyValue() })),
          WaitPeriodMs: 5000,
        },
        RuleConfig: { Type: 'ATLEAST', Threshold: 1, Inverted: false },
      },
    });
  });

  test('its ARNs turn a chain of the same stack', () => {
    const { stack, built } = controls();
    new FailoverDns(stack, 'Dns', {
      region: 'us-west-2',
      chain: CHAIN,
      host: 'orders.example.com',
      hostedZoneId: 'Z0000000000ORDERS000',
      service: { dnsName: 'balancer.test', hostedZoneId: 'ZBALANCER' },
      gate: { dnsName: 'gate.test', hostedZoneId: 'ZGATE' },
      turn: built.turn(TURN.endpoints, TURN.parameterName),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: { Type: 'RECOVERY_CONTROL', RoutingControlArn: { 'Fn::GetAtt': Match.anyValue() } },
    });
  });

  test.each<[string, Partial<RoutingControlsProps>, RegExp]>([
    ['one Region', { regions: ['us-east-2'] }, /regions:.*received 1; name 2 to 10/],
    [
      'eleven Regions',
      { regions: Array.from({ length: 11 }, (_, index) => `eu-west-${index}`) },
      /regions:.*received 11/,
    ],
    ['a Region twice', { regions: ['us-east-2', 'us-east-2'] }, /named twice/],
    ['a cluster that is none', { clusterArn: 'orders' }, /clusterArn:.*"orders"/],
    ['a name that is none', { name: 'a b' }, /name:.*"a b"/],
  ])('refuses %s', (_what, change, message) => {
    expect(() => controls(change)).toThrow(message);
  });
});
