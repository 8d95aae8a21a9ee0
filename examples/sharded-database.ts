import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RegionNetwork, ShardedDatabase } from '../constructs';

/**
 * Two shards, each of which was born in a Region of its own. A third one would be added to `shards`, the old two named
 * in `movingFrom` and the version raised; when the keys have moved, `movingFrom` goes and the version is raised again.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'sharded-database', { env: { account: '111111111111', region: 'us-east-2' } });
  const { vpc, isolatedSubnets } = new RegionNetwork(stack, 'Network', {
    cidr: '10.41.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    internetFacing: false,
    interfaceEndpoints: [],
  });
  new ShardedDatabase(stack, 'Ledger', {
    application: 'ledger',
    ring: { version: 1, shards: ['east', 'west'] },
    memberOf: shard => (shard === 'east' ? { kind: 'seed', databaseName: 'ledger' } : { kind: 'secondary' }),
    engineVersion: '16.6',
    instanceClass: 'db.r7g.large',
    vpc,
    vpcSubnets: isolatedSubnets,
    encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
