import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Gate, type GateProps } from '../../../constructs/traffic/gate';

function gate(props: Partial<GateProps> = {}) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-west-2' } });
  const built = new Gate(stack, 'Gate', {
    application: 'orders',
    host: 'gate-us-west-2.orders.example.com',
    certificate: Certificate.fromCertificateArn(
      stack,
      'Certificate',
      stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'x' }),
    ),
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 503 });'),
    ...props,
  });
  return { stack, built, template: Template.fromStack(stack) };
}

test('answers before a checker gives up, with what it needs by agreed names', () => {
  gate().template.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 2,
    Handler: 'index.handler',
    Environment: {
      Variables: {
        HOLDFAST_APPLICATION: 'orders',
        HOLDFAST_REGISTER_TABLE: 'orders-register',
        HOLDFAST_GATE_MEMORY: '/orders/gate/last-answer',
      },
    },
  });
});

test('reads one item of the register in its own Region, keeps one parameter, and may do nothing else', () => {
  const { template } = gate();
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    policy => policy.Properties.PolicyDocument.Statement as { Action: string | string[] }[],
  );
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
    'dynamodb:GetItem',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'ssm:GetParameter',
    'ssm:PutParameter',
  ]);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'dynamodb:GetItem',
          Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['register'] } },
          Resource: {
            'Fn::Join': ['', Match.arrayWith([':dynamodb:us-west-2:000000000000:table/orders-register'])],
          },
        }),
        Match.objectLike({
          Action: ['ssm:GetParameter', 'ssm:PutParameter'],
          Resource: {
            'Fn::Join': [
              '',
              Match.arrayWith([':ssm:us-west-2:000000000000:parameter/orders/gate/last-answer']),
            ],
          },
        }),
      ]),
    },
  });
});

test('its memory is no resource, so no deploy and no rollback resets it (law 4)', () => {
  gate().template.resourceCountIs('AWS::SSM::Parameter', 0);
});

test('one throttled and logged route under its own name alone', () => {
  const { template } = gate();
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
  template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainName: 'gate-us-west-2.orders.example.com',
    DomainNameConfigurations: [Match.objectLike({ EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' })],
  });
  template.resourceCountIs('AWS::ApiGatewayV2::Route', 1);
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    AccessLogSettings: Match.objectLike({ DestinationArn: Match.anyValue() }),
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
});

test("names and environment may be one's own", () => {
  gate({
    registerTableName: 'other',
    memoryParameterName: '/else/where',
    environment: { HOLDFAST_LOG_LEVEL: 'debug' },
  }).template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        HOLDFAST_REGISTER_TABLE: 'other',
        HOLDFAST_GATE_MEMORY: '/else/where',
        HOLDFAST_LOG_LEVEL: 'debug',
      }),
    },
  });
});

test('is measured and pointed at like any CDK resource', () => {
  const { built, stack } = gate();
  expect(built.metricErrors().metricName).toBe('Errors');
  expect(built.metricDuration().statistic).toBe('p99');
  expect(built.grantPrincipal).toBe(built.function.grantPrincipal);
  expect(stack.resolve(built.aliasTarget)).toEqual({
    dnsName: { 'Fn::GetAtt': [expect.any(String), 'RegionalDomainName'] },
    hostedZoneId: { 'Fn::GetAtt': [expect.any(String), 'RegionalHostedZoneId'] },
  });
});

describe('refuses', () => {
  test.each<[string, Partial<GateProps>, RegExp]>([
    ['a bad application', { application: 'Orders!' }, /application.*"Orders!"/],
    ['a host that is none', { host: 'Gate' }, /host.*"Gate"/],
    ['a throttle that would starve the checkers', { requestsPerSecond: 1 }, /requestsPerSecond.*received 1;/],
  ])('%s', (_, props, message) => {
    expect(() => gate(props)).toThrow(message);
  });
});
