import { LIVE_SETTINGS_METADATA } from '../../../constructs/config/live-setting';
import { LIVE_SETTINGS } from '../../../lib/drift/facts';
import type { Json } from '../../../lib/drift/model';
import { deployed, live, lived, PLACE, resource, said, template } from '../judged';

const LISTENER = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const facts = (settings: Json, more: Json = {}) => ({
  templates: [
    { ...PLACE, before: { Metadata: { [LIVE_SETTINGS]: settings }, Resources: more }, after: undefined },
  ],
});

describe('live-setting', () => {
  const range = {
    '/orders/live/weights': { kind: 'weights', minimum: 0, maximum: 100 },
    '/orders/live/floor/orders-blue': { kind: 'number', minimum: 2, maximum: 12 },
    '/orders/live/mode': { kind: 'oneOf', values: ['a', 'b'] },
  };
  const setting = (name: string, value: Json) =>
    said(
      lived(
        [live('AWS::SSM::Parameter', { Value: 'x' }, { Value: value }, ['Value'], { physicalId: name })],
        facts(range),
      ),
    );

  test('the metadata is the one that templates carry', () => {
    expect(LIVE_SETTINGS).toBe(LIVE_SETTINGS_METADATA);
  });
  test('within the declared range it is governed, outside it is a change', () => {
    expect(setting('/orders/live/weights', '{"blue":0,"green":100}')).toEqual(['expected live-setting']);
    expect(setting('/orders/live/weights', '{"blue":0,"green":101}')).toEqual(['change change']);
    expect(setting('/orders/live/weights', 'broken')).toEqual(['change change']);
    expect(setting('/orders/live/floor/orders-blue', '4')).toEqual(['expected live-setting']);
    expect(setting('/orders/live/floor/orders-blue', '1')).toEqual(['change change']);
    expect(setting('/orders/live/mode', 'b')).toEqual(['expected live-setting']);
    expect(setting('/orders/live/mode', 'c')).toEqual(['change change']);
    expect(setting('/orders/other', '4')).toEqual(['change change']);
  });
  test('the minimum of a group follows its floor', () => {
    const group = (MinSize: string) =>
      said(
        lived(
          [
            live('AWS::AutoScaling::AutoScalingGroup', { MinSize: '3' }, { MinSize }, ['MinSize'], {
              physicalId: 'orders-blue',
            }),
          ],
          facts(range),
        ),
      );
    expect(group('6')).toEqual(['expected live-setting']);
    expect(group('1')).toEqual(['danger capacity-lowered']);
  });
});

describe('delegated-weights', () => {
  const action = (weights: Readonly<Record<string, number>>): Json => ({
    Actions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: Object.entries(weights).map(([TargetGroupArn, Weight]) => ({
            TargetGroupArn,
            Weight,
          })),
        },
      },
    ],
  });
  const shift = (before: Json, after: Json, source: 'stack-drift' | 'template' = 'stack-drift') =>
    said(lived([live(LISTENER, before, after, ['Actions'], { source })]));

  test('BP-12: a shift among the declared pair is expected', () => {
    expect(shift(action({ blue: 100, green: 0 }), action({ green: 100, blue: 0 }))).toEqual([
      'expected delegated-weights',
    ]);
  });
  test('BP-12: a third group, another group, or no weight at all is not', () => {
    const others: Readonly<Record<string, number>>[] = [
      { blue: 0, green: 0, red: 100 },
      { blue: 0, red: 100 },
      { blue: 0, green: 0 },
    ];
    for (const after of others) {
      expect(shift(action({ blue: 100, green: 0 }), action(after))).toEqual(['change change']);
    }
  });
  test('BP-12: one group, with and without weights, is the same', () => {
    const single = { Actions: [{ Type: 'forward', TargetGroupArn: 'blue' }] };
    expect(shift(single, action({ blue: 1 }))).toEqual(['expected delegated-weights']);
    expect(shift(single, action({ green: 1 }))).toEqual(['change change']);
  });
  test('BP-12: a deploy that would put weights back is a change', () => {
    expect(shift(action({ blue: 100, green: 0 }), action({ blue: 0, green: 100 }), 'template')).toEqual([
      'change change',
    ]);
  });
});

describe('scaled-by-policy', () => {
  const target = {
    T: resource('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 2,
      MaxCapacity: 10,
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: { 'Fn::Join': ['/', ['service', 'c', { 'Fn::GetAtt': ['X', 'Name'] }]] },
    }),
  };
  const service = (DesiredCount: number, resources: Json = target) =>
    said(
      lived(
        [live('AWS::ECS::Service', { DesiredCount: 1 }, { DesiredCount }, ['DesiredCount'])],
        facts({}, resources),
      ),
    );
  test('BP-43: within the range it is governed, outside it is drift', () => {
    expect(service(2)).toEqual(['expected scaled-by-policy']);
    expect(service(14)).toEqual(['change change']);
    expect(service(2, {})).toEqual(['change change']);
  });
  test('BP-43: a group keeps to its own bounds', () => {
    const group = (DesiredCapacity: string) => {
      const sizes = { MinSize: '2', MaxSize: '10' };
      return said(
        lived([
          live(
            'AWS::AutoScaling::AutoScalingGroup',
            { ...sizes, DesiredCapacity: '1' },
            { ...sizes, DesiredCapacity },
            ['DesiredCapacity'],
          ),
        ]),
      );
    };
    expect([group('9'), group('14')]).toEqual([['expected scaled-by-policy'], ['change change']]);
  });
});

describe('expected-roll', () => {
  const [ONE, TWO] = [
    `FnCurrentVersion01234567${'a'.repeat(32)}`,
    `FnCurrentVersion01234567${'b'.repeat(32)}`,
  ];
  const of = (id: string | undefined, alias: string) =>
    template({
      ...(id === undefined
        ? {}
        : { [id]: resource('AWS::Lambda::Version', { FunctionName: { Ref: 'Fn' } }) }),
      Alias: resource('AWS::Lambda::Alias', {
        Name: 'live',
        FunctionVersion: { 'Fn::GetAtt': [alias, 'Version'] },
      }),
    });
  test('BP-41: a version with its successor, and the alias that follows', () => {
    expect([...new Set(said(deployed(of(ONE, ONE), of(TWO, TWO))))]).toEqual(['expected expected-roll']);
  });
  test('BP-41: without a successor it is a deletion', () => {
    const found = deployed(of(ONE, ONE), of(undefined, 'Other'));
    expect(found.find(each => each.resource === ONE)).toMatchObject({ class: 'change', action: 'delete' });
    expect(found.find(each => each.resource === 'Alias')).toMatchObject({ class: 'change' });
  });
  test('BP-41: a deployment of an API rolls, one of another API does not follow it', () => {
    const api = (id: string, RestApiId: string) =>
      template({ [id]: resource('AWS::ApiGateway::Deployment', { RestApiId }) });
    const [first, second] = ['a', 'b'].map(each => `ApiDeployment01234567${each.repeat(32)}`) as [
      string,
      string,
    ];
    expect([...new Set(said(deployed(api(first, 'x'), api(second, 'x'))))]).toEqual([
      'expected expected-roll',
    ]);
    expect([...new Set(said(deployed(api(first, 'x'), api(second, 'y'))))]).toEqual(['change change']);
  });
  test('a new content of a layer is a roll, another name is not', () => {
    const layer = (S3Key: string, LayerName: string) =>
      template({ L: resource('AWS::Lambda::LayerVersion', { Content: { S3Key }, LayerName }) });
    expect(said(deployed(layer('a', 'n'), layer('b', 'n')))).toEqual(['expected expected-roll']);
    expect(said(deployed(layer('a', 'n'), layer('a', 'm')))).toEqual(['change change']);
  });
});

describe('role-swap', () => {
  const CLUSTER = 'AWS::RDS::GlobalCluster';
  const members = (writer: string, regions = ['us-east-2', 'us-west-2']): Json => ({
    GlobalClusterMembers: regions.map(region => ({
      DBClusterArn: `arn:aws:rds:${region}:1:cluster:orders-${region}`,
      IsWriter: region === writer,
    })),
  });
  const swap = (after: Json, register?: string, before = members('us-east-2')) =>
    said(
      lived(
        [live(CLUSTER, before, after, ['GlobalClusterMembers'])],
        register === undefined ? {} : { register: { epoch: 2, region: register } },
      ),
    );

  test('after a failover the swap of roles is explained by the epoch', () => {
    expect(swap(members('us-west-2'), 'us-west-2')).toEqual(['expected role-swap']);
  });
  test('a writer elsewhere than the register says is not, and neither is a member lost', () => {
    expect(swap(members('us-west-2'), 'us-east-2')).toEqual(['danger writer-misplaced']);
    expect(swap(members('us-west-2', ['us-west-2']), 'us-west-2')).toEqual(['danger replica-detached']);
    expect(swap(members('none'), 'us-west-2')).toEqual(['danger writer-misplaced']);
  });
  test('without a register nobody can tell', () => {
    expect(swap(members('us-west-2'))).toEqual(['change change', 'unknown role-swap']);
  });
  test('the source of a global cluster follows the writer', () => {
    const source = (region: string) => ({ SourceDBClusterIdentifier: `arn:aws:rds:${region}:1:cluster:x` });
    const of = (register: string) =>
      said(
        lived([live(CLUSTER, source('us-east-2'), source('us-west-2'), ['SourceDBClusterIdentifier'])], {
          register: { epoch: 2, region: register },
        }),
      );
    expect(of('us-west-2')).toEqual(['expected role-swap']);
    expect(of('us-east-2')).toEqual(['danger replica-detached']);
  });
});
