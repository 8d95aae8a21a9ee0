import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Gate, type GateProps } from '../../../constructs/traffic/gate';
import { cidrsOverlap, parseCidr } from '../../../regions';
import { ROUTE53_CHECKER_RANGES } from '../../../regions/route53-checkers';

function gate(props: Partial<GateProps> = {}, further: (stack: Stack) => void = () => undefined) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-west-2' } });
  further(stack);
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

test('one throttled and logged method under its own name alone', () => {
  const { template } = gate();
  template.hasResourceProperties('AWS::ApiGateway::RestApi', {
    DisableExecuteApiEndpoint: true,
    EndpointConfiguration: { Types: ['REGIONAL'] },
  });
  template.hasResourceProperties('AWS::ApiGateway::DomainName', {
    DomainName: 'gate-us-west-2.orders.example.com',
    EndpointConfiguration: { Types: ['REGIONAL'] },
    SecurityPolicy: 'TLS_1_2',
  });
  template.resourceCountIs('AWS::ApiGateway::Method', 1);
  template.resourceCountIs('AWS::ApiGateway::Resource', 0);
  template.hasResourceProperties('AWS::ApiGateway::Method', {
    HttpMethod: 'GET',
    Integration: Match.objectLike({ Type: 'AWS_PROXY', TimeoutInMillis: 2000 }),
  });
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 })],
    AccessLogSetting: Match.objectLike({ DestinationArn: Match.anyValue() }),
  });
});

test('only the checkers of Route 53 get in, so that nobody else can exhaust the gate', () => {
  const { template } = gate();
  const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
  expect(acl?.Properties).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Block: {} } });
  expect(acl?.Properties.Rules).toEqual([
    expect.objectContaining({
      Action: { Allow: {} },
      Statement: { IPSetReferenceStatement: { Arn: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } } },
    }),
  ]);
  template.hasResourceProperties('AWS::WAFv2::IPSet', {
    Scope: 'REGIONAL',
    IPAddressVersion: 'IPV4',
    Addresses: [...ROUTE53_CHECKER_RANGES],
  });
  const [association] = Object.values(template.findResources('AWS::WAFv2::WebACLAssociation'));
  const [stage] = Object.keys(template.findResources('AWS::ApiGateway::Stage'));
  expect(JSON.stringify(association?.Properties.ResourceArn)).toContain(`{"Ref":"${stage}"}`);
});

test('operators get in by their addresses', () => {
  gate({ allowedCidrs: ['192.0.2.0/24'] }).template.hasResourceProperties('AWS::WAFv2::IPSet', {
    Addresses: Match.arrayWith(['15.177.0.0/18', '192.0.2.0/24']),
  });
});

test('the published ranges are disjoint, and none is wider than AWS publishes them', () => {
  const ranges = ROUTE53_CHECKER_RANGES.map(parseCidr);
  expect(ranges.filter(({ prefix }) => prefix < 18)).toEqual([]);
  for (const [at, range] of ranges.entries()) {
    expect(ranges.slice(at + 1).filter(other => cidrsOverlap(range, other))).toEqual([]);
  }
});

test('has executions of its own, which nothing else in the account can take', () => {
  gate().template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 20 });
});

test('two gates of a stack share the role by which API Gateway logs', () => {
  const { template } = gate({}, stack => {
    new Gate(stack, 'Home', {
      application: 'orders',
      home: 'eu',
      host: 'gate-eu.orders.example.com',
      certificate: Certificate.fromCertificateArn(stack, 'OfHome', stack.stackId),
      code: Code.fromInline('exports.handler = async () => ({ statusCode: 503 });'),
    });
  });
  template.resourceCountIs('AWS::ApiGateway::RestApi', 2);
  template.resourceCountIs('AWS::ApiGateway::Account', 1);
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
    ['everybody', { allowedCidrs: ['0.0.0.0/0'] }, /allowedCidrs\[0\].*"0.0.0.0\/0"/],
    ['too little concurrency', { reservedConcurrency: 1 }, /reservedConcurrency.*received 1;/],
    ['a throttle that would starve the checkers', { requestsPerSecond: 1 }, /requestsPerSecond.*received 1;/],
  ])('%s', (_, props, message) => {
    expect(() => gate(props)).toThrow(message);
  });
});
