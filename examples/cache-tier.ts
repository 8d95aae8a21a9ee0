import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CacheTier, RegionNetwork, ServerlessCache } from '../constructs';

const REGIONS = ['us-east-2', 'us-west-2'];

/**
 * A cache in cluster mode that follows a global datastore born in us-west-2, and one without nodes for this Region
 * alone. The id of the datastore is known once its primary has been born, and is written down from then on.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'cache-tier', { env: { account: '111111111111', region: 'us-east-2' } });
  const { vpc, isolatedSubnets } = new RegionNetwork(stack, 'Network', {
    cidr: '10.42.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    internetFacing: false,
    interfaceEndpoints: [],
  });
  const shared = {
    vpc,
    vpcSubnets: isolatedSubnets,
    encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
  };
  new CacheTier(stack, 'Prices', {
    ...shared,
    replicationGroupId: 'prices-us-east-2',
    userName: 'prices-service',
    keyPrefix: 'prices:',
    nodeType: 'cache.r7g.large',
    clusterMode: { shards: 2, replicasPerShard: 1 },
    globalDatastore: { kind: 'secondary', globalReplicationGroupId: 'fpkhr-prices', regions: REGIONS },
  });
  new ServerlessCache(stack, 'Sessions', {
    ...shared,
    cacheName: 'sessions-us-east-2',
    userName: 'sessions-service',
    keyPrefix: 'sessions:',
    maximumStorageGigabytes: 20,
    maximumUnitsPerSecond: 100_000,
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
