// A member that stands already: its references work, and nothing of it is in the template.
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { GlobalDatabase } from '../../../constructs/data/global-database';
import type { GlobalDatabaseAttributes } from '../../../constructs/data/named-global-database';
import { networkOf, onlyOf, stackIn } from '../stack';

const ATTRIBUTES = {
  clusterIdentifier: 'orders-us-west-2',
  clusterEndpointAddress: 'orders-us-west-2.cluster-abc.us-west-2.rds.amazonaws.com',
  readerEndpointAddress: 'orders-us-west-2.cluster-ro-abc.us-west-2.rds.amazonaws.com',
  port: 5432,
  clusterResourceId: 'cluster-ABCDEFGHIJ',
};

function imported(change: Partial<GlobalDatabaseAttributes> = {}, region = 'us-west-2') {
  const stack = stackIn(region);
  const securityGroups = [SecurityGroup.fromSecurityGroupId(stack, 'Database', 'sg-0123456789abcdef0')];
  const built = GlobalDatabase.fromAttributes(stack, 'Imported', {
    ...ATTRIBUTES,
    securityGroups,
    breakGlassSecret: Secret.fromSecretNameV2(stack, 'BreakGlass', 'orders-break-glass'),
    ...change,
  });
  return { stack, built };
}

test('it adds nothing to the template', () => {
  expect(Template.fromStack(imported().stack).toJSON().Resources).toBeUndefined();
});

test('clients are let in at its port, in its security group', () => {
  const { stack, built } = imported();
  const client = new SecurityGroup(stack, 'Client', { vpc: networkOf(stack), allowAllOutbound: false });
  built.connections.allowDefaultPortFrom(client);
  expect(onlyOf(stack, 'AWS::EC2::SecurityGroupIngress')).toMatchObject({
    GroupId: 'sg-0123456789abcdef0',
    FromPort: 5432,
    ToPort: 5432,
  });
});

test('a role may sign in as one user of this cluster, and read the secret', () => {
  const { stack, built } = imported();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2') });
  built.grantConnect(role, 'service');
  built.breakGlassSecret?.grantRead(role);
  const { PolicyDocument: document } = onlyOf(stack, 'AWS::IAM::Policy') as {
    PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] };
  };
  const [connect, read] = document.Statement;
  expect(connect?.Action).toBe('rds-db:connect');
  expect(JSON.stringify(connect?.Resource)).toMatch(
    /:rds-db:us-west-2:\d{12}:dbuser:cluster-ABCDEFGHIJ\/service/,
  );
  expect(read?.Action).toContain('secretsmanager:GetSecretValue');
});

test('it measures and is named as one that was made here', () => {
  const { stack, built } = imported();
  const dimensions = { DBClusterIdentifier: 'orders-us-west-2' };
  for (const metric of [
    built.metricReplicationLag(),
    built.metricRecoveryPointLag(),
    built.metricCpuUtilization(),
    built.metricDatabaseConnections(),
    built.metricCapacityUtilization(),
  ]) {
    expect(metric).toMatchObject({ namespace: 'AWS/RDS', statistic: 'Maximum', dimensions });
  }
  expect(JSON.stringify(stack.resolve(built.clusterArn))).toMatch(
    /:rds:us-west-2:\d{12}:cluster:orders-us-west-2/,
  );
});

test('values known at deploy only pass, and so does a name of one’s own', () => {
  const value = stackIn('us-west-2').stackId;
  expect(() => imported({ clusterEndpointAddress: value, clusterResourceId: value })).not.toThrow();
  expect(() => imported({ clusterEndpointAddress: 'db.orders.example.com' })).not.toThrow();
});

describe('refuses', () => {
  test.each<[string, Partial<GlobalDatabaseAttributes>, RegExp]>([
    [
      'the writer of another Region',
      { clusterEndpointAddress: 'orders.cluster-abc.us-east-2.rds.amazonaws.com' },
      /clusterEndpointAddress: an endpoint of us-east-2: .*could write across.*use the endpoint .* in us-west-2/,
    ],
    [
      'the global endpoint',
      { clusterEndpointAddress: 'orders.global-abc.global.rds.amazonaws.com' },
      /clusterEndpointAddress: the global endpoint follows the writer/,
    ],
    [
      'a reader of another Region',
      { readerEndpointAddress: 'orders.cluster-ro-abc.cn-north-1.rds.amazonaws.com.cn' },
      /readerEndpointAddress: an endpoint of cn-north-1/,
    ],
    ['an address with its port', { clusterEndpointAddress: 'db.example.com:5432' }, /not a host name/],
    ['the name as id', { clusterResourceId: 'orders-us-west-2' }, /clusterResourceId.*"orders-us-west-2"/],
    ['no security group', { securityGroups: [] }, /securityGroups: no group/],
    ['a port that is none', { port: 0 }, /port.*received 0/],
    ['a name that is none', { clusterIdentifier: 'Orders_1' }, /clusterIdentifier.*"Orders_1"/],
  ])('%s', (_, change, message) => {
    expect(() => imported(change)).toThrow(message);
  });
});
