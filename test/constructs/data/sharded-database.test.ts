import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import fc from 'fast-check';
import { ShardedDatabase, type ShardRing } from '../../../constructs/data/sharded-database';
import { ownerOf, parseRingDocument, ringOf, shardRouter } from '../../../lib/runtime/shards/shard-ring';
import { keyOf, networkOf, stackIn } from '../stack';

const RING: ShardRing = { version: 2, shards: ['north', 'south'] };

function declare(stack: Stack, ring: Partial<ShardRing> = {}): ShardedDatabase {
  return new ShardedDatabase(stack, 'Shards', {
    application: 'orders',
    ring: { ...RING, ...ring },
    memberOf: shard =>
      // Each shard has a home: the north's is this Region, the south's is another one.
      shard === 'north' ? { kind: 'seed', databaseName: 'orders' } : { kind: 'secondary' },
    engineVersion: '16.6',
    instanceClass: 'db.r7g.large',
    vpc: networkOf(stack),
    encryptionKey: keyOf(stack),
  });
}

const parametersOf = (stack: Stack): Record<string, unknown> =>
  Object.fromEntries(
    Object.values(Template.fromStack(stack).findResources('AWS::SSM::Parameter')).map(({ Properties }) => [
      Properties.Name,
      Properties.Value,
    ]),
  );

describe('shards', () => {
  const stack = stackIn();
  const database = declare(stack);
  database.grantConnect(new Role(stack, 'Clone', { assumedBy: new ServicePrincipal('ec2') }), 'service');
  database.connections.allowDefaultPortFrom(SecurityGroup.fromSecurityGroupId(stack, 'Client', 'sg-1'));
  database.grantReadRing(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2') }));
  const template = Template.fromStack(stack);

  test('are global databases of one shape, each with names and a home of its own', () => {
    const clusters = Object.values(template.findResources('AWS::RDS::DBCluster')).map(
      ({ Properties }) => Properties,
    );
    expect(clusters.map(({ GlobalClusterIdentifier }) => GlobalClusterIdentifier)).toEqual([
      'orders-north-global',
      'orders-south-global',
    ]);
    expect(clusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier)).toEqual([
      'orders-north-us-east-2',
      'orders-south-us-east-2',
    ]);
    expect(clusters.map(cluster => 'MasterUsername' in cluster)).toEqual([true, false]);
    template.resourceCountIs('AWS::RDS::GlobalCluster', 1);
  });

  test('are watched by the worst of them', () => {
    const watched = stackIn();
    const shards = declare(watched);
    const alarm = { threshold: 80, evaluationPeriods: 3 };
    const period = Duration.minutes(1);
    new Alarm(watched, 'Behind', { metric: shards.metricReplicationLag({ period }), ...alarm });
    new Alarm(watched, 'Busy', { metric: shards.metricCpuUtilization(), ...alarm });
    for (const [MetricName, Period] of [
      ['AuroraGlobalDBReplicationLag', 60],
      ['CPUUtilization', 300],
    ] as const) {
      const ofShard = (Id: string) =>
        Match.objectLike({
          Id,
          MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName }), Period }),
        });
      Template.fromStack(watched).hasResourceProperties('AWS::CloudWatch::Alarm', {
        Metrics: Match.arrayWith([
          Match.objectLike({ Expression: 'MAX([shard0, shard1])' }),
          ofShard('shard0'),
          ofShard('shard1'),
        ]),
      });
    }
  });

  test('publish where this Region’s clusters are', () => {
    const value = JSON.stringify(parametersOf(stack)['/orders/shards/endpoints']);
    expect(value).toMatch(/north.*Endpoint\.Address.*5433.*south.*Endpoint\.Address/);
  });

  test('are granted together', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies.match(/DBClusterResourceId/g)).toHaveLength(2);
    expect(policies).toContain('ssm:GetParameter');
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
    expect(ingress.map(({ Properties }) => Properties.FromPort)).toEqual([5433, 5433]);
  });

  test('a key lives where the published document says, by the run time’s own arithmetic', () => {
    const router = shardRouter(parseRingDocument(parametersOf(stack)['/orders/shards/ring'] as string));
    const ring = ringOf(RING.shards, 512);
    expect(router.version).toBe(2);
    fc.assert(
      fc.property(fc.string(), key => expect(router.ownerOf(key)).toBe(ownerOf(ring, key))),
      { numRuns: 50 },
    );
    expect(new Set(Array.from({ length: 50 }, (_, number) => router.ownerOf(`key-${number}`))).size).toBe(2);
  });
});

test('the document has the same bytes in every Region, in whatever order shards are named', () => {
  const first = declare(stackIn('us-east-2')).ringDocument;
  expect(declare(stackIn('us-west-2'), { shards: ['south', 'north'] }).ringDocument).toBe(first);
});

test('a shard that leaves stays declared while its keys are moved', () => {
  const stack = stackIn();
  const database = declare(stack, { version: 3, shards: ['north'], movingFrom: ['north', 'south'] });
  expect([...database.shards.keys()]).toEqual(['north', 'south']);
  Template.fromStack(stack).resourceCountIs('AWS::RDS::DBCluster', 2);
  const router = shardRouter(parseRingDocument(database.ringDocument));
  const moving = Array.from({ length: 50 }, (_, number) => router.movingFrom(`key-${number}`));
  expect(new Set(moving)).toEqual(new Set(['south', undefined]));
});

test('a shard that comes leaves the resources of the others as they were', () => {
  const [before, after] = [stackIn(), stackIn()];
  declare(before);
  declare(after, { version: 3, shards: ['east', 'north', 'south'], movingFrom: ['north', 'south'] });
  const clusters = (stack: Stack) => Template.fromStack(stack).findResources('AWS::RDS::DBCluster');
  expect(clusters(after)).toMatchObject(clusters(before));
});

test.each<[string, Partial<ShardRing>, RegExp]>([
  ['no shards', { shards: [] }, /ring\.shards: not at least one shard/],
  ['a shard twice', { shards: ['north', 'north'] }, /each once/],
  ['a shard with a hyphen', { shards: ['north-1'] }, /ring\.shards\[0\]/],
  ['a version of nothing', { version: 0 }, /ring\.version/],
  [
    'more shards than fit',
    { shards: Array.from({ length: 17 }, (_, number) => `s${number}`) },
    /too many shards/,
  ],
  ['a move from nowhere', { movingFrom: [] }, /ring\.movingFrom/],
])('refuses %s', (_case, ring, message) => {
  expect(() => declare(stackIn(), ring)).toThrow(message);
});
