import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Gate } from '../../../constructs/traffic/gate';
import { routingAnswer } from '../../../constructs/traffic/routing-answer';
import { type Home, HomesDns } from '../../../constructs/traffic/routing-homes';
import { type RoutingTemplate, routingZoneOf } from '../../../constructs/traffic/routing-template';
import { homeRegisterKey } from '../../../lib/naming';

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-2', 'us-west-2'],
  eu: ['eu-west-1', 'us-east-2', 'us-west-2'],
};
const REGIONS = ['us-east-2', 'us-west-2', 'eu-west-1'];

function stackOf(region: string): Stack {
  return new Stack(new App(), 'Homes', { env: { account: '000000000000', region } });
}

function homes(region: string, change: (homes: Home[]) => Home[] = same => same) {
  const stack = stackOf(region);
  const mine = Object.entries(CHAINS)
    .filter(([, chain]) => chain.includes(region))
    .map(([name, chain]) => ({ name, chain, gate: { dnsName: `gate.${name}.test`, hostedZoneId: 'ZGATE' } }));
  const built = new HomesDns(stack, 'Homes', {
    region,
    host: 'orders.example.com',
    hostedZoneId: 'Z0000000000ORDERS000',
    service: { dnsName: `balancer.${region}.test`, hostedZoneId: 'ZBALANCER' },
    homes: change(mine),
  });
  return { built, template: Template.fromStack(stack) };
}

describe('homes', () => {
  const zone = routingZoneOf(
    Object.fromEntries(REGIONS.map(region => [region, homes(region).template.toJSON() as RoutingTemplate])),
  );
  const regionOf = (home: string, active: Readonly<Record<string, string>>) =>
    routingAnswer(zone, `home-${home}.orders.example.com`, {
      endpointAnswers: host =>
        Object.entries(active).some(
          ([name, region]) => host === `gate-${region}.home-${name}.orders.example.com`,
        ),
    });

  test('each follows its own record of the register: moving one moves no other', () => {
    for (const us of CHAINS.us ?? []) {
      for (const eu of CHAINS.eu ?? []) {
        expect(regionOf('us', { us, eu })).toBe(`balancer.${us}.test`);
        expect(regionOf('eu', { us, eu })).toBe(`balancer.${eu}.test`);
      }
    }
  });

  test('have keys of their own in the table of the register', () => {
    const { built } = homes('us-east-2');
    expect(built.registerKeys).toEqual({ us: 'register/us', eu: 'register/eu' });
    expect(Object.keys(homes('eu-west-1').built.chains)).toEqual(['eu']);
  });

  test.each<[string, (homes: Home[]) => Home[], RegExp]>([
    ['no home', () => [], /homes: nothing to record/],
    ['a home twice', ([first]) => [first, first] as Home[], /homes: a home is named twice/],
    ['a name that DNS cannot hold', ([home]) => [{ ...home, name: 'EU_1' } as Home], /homes\[0\]\.name/],
    [
      'a home that the Region may not hold',
      ([home]) => [{ ...home, chain: ['eu-west-1', 'eu-west-2'] } as Home],
      /homes\[0\]\.chain: us-east-2 may not hold this home/,
    ],
    ['a chain of one', ([home]) => [{ ...home, chain: ['us-east-2'] } as Home], /chain:.*two to five/],
  ])('refuse %s', (_what, change, message) => {
    expect(() => homes('us-east-2', change)).toThrow(message);
  });
});

describe('the gate of a home', () => {
  const gate = (home: string) => {
    const stack = stackOf('us-east-2');
    const certificateArn = stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'x' });
    new Gate(stack, 'Gate', {
      application: 'orders',
      home,
      host: `gate-us-east-2.home-${home}.orders.example.com`,
      certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn),
      code: Code.fromInline('exports.handler = async () => ({ statusCode: 503 });'),
    });
    return Template.fromStack(stack);
  };

  test("reads its home's record and no other, and has a memory of its own", () => {
    const template = gate('eu');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          HOLDFAST_REGISTER_KEY: homeRegisterKey('eu'),
          HOLDFAST_GATE_MEMORY: '/orders/gate/last-answer/eu',
        },
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'dynamodb:GetItem',
            Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['register/eu'] } },
          }),
        ]),
      },
    });
  });

  test('refuses a name that is none', () => {
    expect(() => gate('No Home')).toThrow(/home:.*"No Home"/);
  });
});
