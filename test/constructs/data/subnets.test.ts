import type { Stack } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CacheTier } from '../../../constructs/data/cache-tier';
import { GlobalDatabase } from '../../../constructs/data/global-database';
import { ServerlessCache } from '../../../constructs/data/serverless-cache';
import { keyOf, stackIn } from '../stack';

function networkWith(stack: Stack, zones: number): IVpc {
  const numbers = Array.from({ length: zones }, (_, number) => number + 1);
  return Vpc.fromVpcAttributes(stack, 'Network', {
    vpcId: 'vpc-1',
    availabilityZones: numbers.map(number => `zone-${number}`),
    isolatedSubnetIds: numbers.map(number => `subnet-${number}`),
  });
}

const sharedBy = (stack: Stack, zones: number) => ({
  vpc: networkWith(stack, zones),
  encryptionKey: keyOf(stack),
  userName: 'orders-service',
  keyPrefix: 'orders:',
});

const DECLARE: Readonly<Record<string, (stack: Stack, zones: number) => unknown>> = {
  GlobalDatabase: (stack, zones) =>
    new GlobalDatabase(stack, 'Database', {
      ...sharedBy(stack, zones),
      member: { kind: 'secondary' },
      globalClusterIdentifier: 'orders-global',
      clusterIdentifier: 'orders-us-east-2',
      engineVersion: '16.6',
      instanceClass: 'db.r7g.large',
    }),
  CacheTier: (stack, zones) =>
    new CacheTier(stack, 'Cache', {
      ...sharedBy(stack, zones),
      replicationGroupId: 'orders-us-east-2',
      nodeType: 'cache.r7g.large',
    }),
  ServerlessCache: (stack, zones) =>
    new ServerlessCache(stack, 'Cache', {
      ...sharedBy(stack, zones),
      cacheName: 'orders-us-east-2',
      maximumStorageGigabytes: 1,
      maximumUnitsPerSecond: 1000,
    }),
};

test.each([
  ['GlobalDatabase', 1, 1],
  ['CacheTier', 1, 1],
  ['ServerlessCache', 1, 1],
  ['ServerlessCache', 4, 4],
])('%s refuses subnets in %d zones, and says how many there are', (name, zones, received) => {
  expect(() => DECLARE[name]?.(stackIn(), zones)).toThrow(new RegExp(`vpcSubnets: .*received ${received};`));
});

test.each(Object.keys(DECLARE))('BP-02: %s takes a Region of two zones', name => {
  expect(() => DECLARE[name]?.(stackIn('us-west-1'), 2)).not.toThrow();
});
