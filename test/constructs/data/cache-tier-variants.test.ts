import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { globalDatastoreObstacle } from '../../../constructs/data/cache-engine';
import { CacheTier } from '../../../constructs/data/cache-tier';
import type { CacheTierProps, GlobalDatastoreMember } from '../../../constructs/data/cache-tier-props';
import { keyOf, networkOf, onlyOf, stackIn } from '../stack';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const REGIONS = ['us-east-2', 'us-west-2'];
const PRIMARY: GlobalDatastoreMember = { kind: 'primary', suffix: 'orders', regions: REGIONS };
const SECONDARY: GlobalDatastoreMember = {
  kind: 'secondary',
  globalReplicationGroupId: 'fpkhr-orders',
  regions: REGIONS,
};

function declare(stack: Stack, props: Partial<CacheTierProps> = {}): CacheTier {
  return new CacheTier(stack, 'Cache', {
    replicationGroupId: `orders-${stack.region}`,
    userName: 'orders-service',
    keyPrefix: 'orders:',
    nodeType: 'cache.r7g.large',
    vpc: networkOf(stack),
    encryptionKey: keyOf(stack),
    ...props,
  });
}

describe('cluster mode', () => {
  const stack = stackIn();
  const cache = declare(stack, { clusterMode: { shards: 3, replicasPerShard: 2 } });

  test('spreads keys over shards that fail over between zones', () => {
    expect(onlyOf(stack, GROUP)).toMatchObject({
      NumNodeGroups: 3,
      ReplicasPerNodeGroup: 2,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      CacheParameterGroupName: 'default.valkey8.cluster.on',
    });
    expect(onlyOf(stack, GROUP)).not.toHaveProperty('NumCacheClusters');
    expect(cache.readerEndpointAddress).toBeUndefined();
    expect(stack.resolve(cache.primaryEndpointAddress)).toMatchObject({
      'Fn::GetAtt': [expect.stringMatching(/^CacheGroup/), 'ConfigurationEndPoint.Address'],
    });
  });

  test('BP-07: takes shards without a replica, and an edit of their tags', () => {
    const bare = (owner: string): Stack => {
      const made = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
      declare(made, { clusterMode: { shards: 2, replicasPerShard: 0 } });
      Tags.of(made).add('owner', owner);
      return made;
    };
    expect(onlyOf(bare('one'), GROUP)).toMatchObject({
      ReplicasPerNodeGroup: 0,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: false,
    });
    const { Tags: owners, ...rest } = onlyOf(bare('one'), GROUP);
    const { Tags: others, ...same } = onlyOf(bare('two'), GROUP);
    expect(owners).not.toEqual(others);
    expect(same).toEqual(rest);
  });

  test('is a parameter of a group of one’s own too', () => {
    const own = stackIn();
    declare(own, { clusterMode: { shards: 2 }, parameters: { 'maxmemory-policy': 'allkeys-lru' } });
    expect(onlyOf(own, 'AWS::ElastiCache::ParameterGroup')).toMatchObject({
      CacheParameterGroupFamily: 'valkey8',
      Properties: { 'cluster-enabled': 'yes', 'maxmemory-policy': 'allkeys-lru' },
    });
  });
});

test('Redis keeps its obligatory default user, who may not sign in', () => {
  const stack = stackIn();
  declare(stack, { engine: 'redis' });
  expect(onlyOf(stack, GROUP)).toMatchObject({ Engine: 'redis', EngineVersion: '7.1' });
  Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::User', {
    UserName: 'default',
    AccessString: 'off -@all',
  });
  const { UserIds } = onlyOf(stack, 'AWS::ElastiCache::UserGroup') as { UserIds: unknown[] };
  expect(UserIds).toHaveLength(2);
});

describe('a global datastore', () => {
  const first = stackIn('us-east-2');
  const second = stackIn('us-west-2');
  const primary = declare(first, { globalDatastore: PRIMARY });
  declare(second, { globalDatastore: SECONDARY });

  test('is born around its primary and kept', () => {
    expect(onlyOf(first, 'AWS::ElastiCache::GlobalReplicationGroup')).toMatchObject({
      GlobalReplicationGroupIdSuffix: 'orders',
      Members: [{ ReplicationGroupRegion: 'us-east-2', Role: 'PRIMARY' }],
    });
    Template.fromStack(first).hasResource('AWS::ElastiCache::GlobalReplicationGroup', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(primary.globalReplicationGroupId).toBeDefined();
  });

  test('BP-60: a secondary repeats nothing of what it inherits', () => {
    const group = onlyOf(second, GROUP);
    expect(group).toMatchObject({ GlobalReplicationGroupId: 'fpkhr-orders', NumCacheClusters: 2 });
    for (const inherited of [
      'CacheNodeType',
      'Engine',
      'EngineVersion',
      'NumNodeGroups',
      'CacheParameterGroupName',
      'AutomaticFailoverEnabled',
      'MultiAZEnabled',
      'TransitEncryptionEnabled',
      'AtRestEncryptionEnabled',
    ]) {
      expect(group).not.toHaveProperty(inherited);
    }
    Template.fromStack(second).resourceCountIs('AWS::ElastiCache::GlobalReplicationGroup', 0);
  });

  test('BP-60: names no size, version or failover of its own, so that no deploy has a reason to touch it, not even a tag', () => {
    const tagged = stackIn('us-east-2');
    declare(tagged, { globalDatastore: PRIMARY });
    Tags.of(tagged).add('owner', 'somebody');
    expect(onlyOf(tagged, GROUP)).toHaveProperty('Tags');
    const properties = Object.keys(onlyOf(tagged, 'AWS::ElastiCache::GlobalReplicationGroup'));
    expect(properties.sort()).toEqual([
      'GlobalReplicationGroupDescription',
      'GlobalReplicationGroupIdSuffix',
      'Members',
    ]);
  });

  test('each member is encrypted under the key of its own Region', () => {
    expect(onlyOf(second, GROUP)).toMatchObject({ KmsKeyId: 'arn:aws:kms:us-west-2:000000000000:key/1' });
  });
});

test.each<[string, Partial<CacheTierProps>, RegExp]>([
  ['no shards', { clusterMode: { shards: 0 } }, /clusterMode\.shards/],
  ['six replicas', { clusterMode: { shards: 1, replicasPerShard: 6 } }, /clusterMode\.replicasPerShard/],
  [
    'nodes in cluster mode',
    { clusterMode: { shards: 1 }, nodes: 2 },
    /nodes follow from shards and replicas/,
  ],
  [
    'cluster mode without failover',
    { clusterMode: { shards: 1 }, automaticFailover: false },
    /always fails over/,
  ],
  [
    'BP-07: several zones without a replica to stand in them',
    { clusterMode: { shards: 1, replicasPerShard: 0 }, multiAz: true },
    /a shard in several zones needs a replica/,
  ],
  [
    'a third secondary',
    { globalDatastore: { ...PRIMARY, regions: ['a', 'b', 'c', 'us-east-2'] } },
    /one or two that follow/,
  ],
  [
    'a datastore of one Region',
    { globalDatastore: { ...PRIMARY, regions: ['us-east-2'] } },
    /one or two that follow/,
  ],
  [
    'a Region that is no member',
    { globalDatastore: { ...PRIMARY, regions: ['us-west-1', 'us-west-2'] } },
    /us-east-2, is not among them/,
  ],
  ['a small member', { globalDatastore: PRIMARY, nodeType: 'cache.t4g.medium' }, /m5, r5 and later/],
  ['a medium member', { globalDatastore: PRIMARY, nodeType: 'cache.m7g.medium' }, /large nodes and up/],
  [
    'a member without a replica',
    { globalDatastore: PRIMARY, nodes: 1, automaticFailover: false },
    /keeps a replica/,
  ],
  [
    'an id without its prefix',
    { globalDatastore: { ...SECONDARY, globalReplicationGroupId: 'a' } },
    /whole id/,
  ],
  ['a node type of another service', { nodeType: 'r7g.large' }, /nodeType/],
  ['a version without a minor', { engineVersion: '8' }, /engineVersion/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});

test('node types of a datastore: any current family, large and up', () => {
  const family = fc.constantFrom('m5', 'm6g', 'm7g', 'r5', 'r6g', 'r6gd', 'r7g');
  fc.assert(
    fc.property(family, fc.constantFrom('large', 'xlarge', '2xlarge', '24xlarge'), (name, size) => {
      expect(globalDatastoreObstacle(`cache.${name}.${size}`)).toBeUndefined();
    }),
    { numRuns: 30 },
  );
  for (const type of [
    'cache.t3.large',
    'cache.m4.large',
    'cache.r3.large',
    'cache.m5.medium',
    'cache.c7gn.large',
    '',
  ]) {
    expect(globalDatastoreObstacle(type)).toBeDefined();
  }
});

test('metrics are those of this Region’s group', () => {
  const cache = declare(stackIn());
  const metrics = [
    cache.metricMemoryUsage(),
    cache.metricEvictions(),
    cache.metricEngineCpuUtilization(),
    cache.metricGlobalDatastoreLag(),
  ];
  for (const metric of metrics) {
    expect(metric).toMatchObject({
      namespace: 'AWS/ElastiCache',
      dimensions: { ReplicationGroupId: 'orders-us-east-2' },
    });
  }
});
