import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { GlobalDatabase, RegionNetwork } from '../constructs';

/** A service beside a global database that stands already: this Region's own member, reached, granted and watched. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'imported-database', {
    env: { account: '111111111111', region: 'us-west-2' },
  });
  const { vpc } = new RegionNetwork(stack, 'Network', {
    cidr: '10.41.0.0/16',
    zoneIds: ['usw2-az1', 'usw2-az2'],
    internetFacing: false,
    interfaceEndpoints: [],
  });
  const database = GlobalDatabase.fromAttributes(stack, 'Database', {
    clusterIdentifier: 'catalogue-us-west-2',
    clusterEndpointAddress: 'catalogue-us-west-2.cluster-abcdefghijkl.us-west-2.rds.amazonaws.com',
    readerEndpointAddress: 'catalogue-us-west-2.cluster-ro-abcdefghijkl.us-west-2.rds.amazonaws.com',
    port: 3307,
    clusterResourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXY4',
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Members', 'sg-0123456789abcdef0')],
  });
  database.connections.allowDefaultPortFrom(
    new SecurityGroup(stack, 'Service', { vpc, description: 'The service', allowAllOutbound: false }),
  );
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2') });
  database.grantConnect(role, 'service');
  new Alarm(stack, 'Behind', {
    alarmDescription: 'A failover to this Region would lose more than 30 s of writes',
    metric: database.metricReplicationLag({ period: Duration.minutes(1) }),
    threshold: 30_000,
    evaluationPeriods: 3,
    // There is no lag while this Region writes.
    treatMissingData: TreatMissingData.MISSING,
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
