import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ServerlessCache, type ServerlessCacheProps } from '../../../constructs/data/serverless-cache';
import { keyOf, networkOf, onlyOf, stackIn } from '../stack';

function declare(stack: Stack, props: Partial<ServerlessCacheProps> = {}): ServerlessCache {
  return new ServerlessCache(stack, 'Cache', {
    cacheName: 'orders-us-east-2',
    userName: 'orders-service',
    keyPrefix: 'orders:',
    maximumStorageGigabytes: 10,
    maximumUnitsPerSecond: 50_000,
    vpc: networkOf(stack),
    encryptionKey: keyOf(stack),
    ...props,
  });
}

test('grows between stated bounds, encrypted, signed in to by IAM as one user', () => {
  const stack = stackIn();
  declare(stack, { minimumStorageGigabytes: 2, minimumUnitsPerSecond: 5000 });
  expect(onlyOf(stack, 'AWS::ElastiCache::ServerlessCache')).toMatchObject({
    Engine: 'valkey',
    MajorEngineVersion: '8',
    CacheUsageLimits: {
      DataStorage: { Unit: 'GB', Minimum: 2, Maximum: 10 },
      ECPUPerSecond: { Minimum: 5000, Maximum: 50_000 },
    },
    KmsKeyId: 'arn:aws:kms:us-east-2:000000000000:key/1',
    SubnetIds: ['subnet-i1', 'subnet-i2'],
  });
  expect(onlyOf(stack, 'AWS::ElastiCache::User')).toMatchObject({ AuthenticationMode: { Type: 'iam' } });
});

test('lets clients in on its two ports, and to sign in', () => {
  const stack = stackIn();
  const cache = declare(stack);
  cache.connections.allowDefaultPortFrom(SecurityGroup.fromSecurityGroupId(stack, 'Client', 'sg-1'));
  cache.grantConnect(new Role(stack, 'Clone', { assumedBy: new ServicePrincipal('ec2') }));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 6379,
    ToPort: 6380,
  });
  const policies = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policies).toContain(':elasticache:us-east-2:000000000000:serverlesscache:orders-us-east-2');
});

test('measures itself under its own name', () => {
  const cache = declare(stackIn());
  for (const metric of [cache.metricBytesUsed(), cache.metricThrottledCommands()]) {
    expect(metric.dimensions).toEqual({ clusterId: 'orders-us-east-2' });
  }
});

test.each<[string, Partial<ServerlessCacheProps>, RegExp]>([
  ['no storage', { maximumStorageGigabytes: 0 }, /maximumStorageGigabytes/],
  ['a minimum above the maximum', { minimumStorageGigabytes: 11 }, /from 1 to 10/],
  ['too few units', { maximumUnitsPerSecond: 999 }, /maximumUnitsPerSecond/],
  ['more units kept than allowed', { minimumUnitsPerSecond: 60_000 }, /from 1000 to 50000/],
  ['a name in capitals', { cacheName: 'Orders' }, /cacheName/],
  ['a key prefix that is a pattern', { keyPrefix: 'orders*' }, /keyPrefix/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});
