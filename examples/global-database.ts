import { App, Duration, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { GlobalDatabase, RegionNetwork } from '../constructs';

/**
 * Aurora MySQL, Serverless v2, in the Region of birth. Another Region's stack is the same with
 * `member: { kind: 'secondary' }` and no reference to this one: it joins by the name of the global cluster.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'global-database', { env: { account: '111111111111', region: 'us-east-2' } });
  const { vpc, isolatedSubnets } = new RegionNetwork(stack, 'Network', {
    cidr: '10.40.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    internetFacing: false,
    interfaceEndpoints: [],
  });
  new GlobalDatabase(stack, 'Database', {
    member: { kind: 'seed', databaseName: 'catalogue' },
    globalClusterIdentifier: 'catalogue-global',
    clusterIdentifier: 'catalogue-us-east-2',
    engine: 'mysql',
    engineVersion: '8.0.mysql_aurora.3.08.0',
    instanceClass: 'db.serverless',
    serverlessCapacity: { minimum: 2, maximum: 32 },
    backupRetention: Duration.days(14),
    insights: 'advanced',
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
