import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { GlobalDatabase } from '../../../constructs/data/global-database';
import type {
  GlobalDatabaseMember,
  GlobalDatabaseProps,
} from '../../../constructs/data/global-database-props';
import { keyOf, networkOf, onlyOf, stackIn } from '../stack';

const SEED: GlobalDatabaseMember = { kind: 'seed', databaseName: 'orders' };
const SECONDARY: GlobalDatabaseMember = { kind: 'secondary' };

function declare(stack: Stack, props: Partial<GlobalDatabaseProps> = {}): GlobalDatabase {
  return new GlobalDatabase(stack, 'Database', {
    member: SEED,
    globalClusterIdentifier: 'orders-global',
    clusterIdentifier: `orders-${stack.region}`,
    engineVersion: '16.6',
    instanceClass: 'db.r7g.large',
    vpc: networkOf(stack),
    encryptionKey: keyOf(stack),
    ...props,
  });
}

describe('a seed member', () => {
  const stack = stackIn('us-east-2');
  declare(stack);
  const template = Template.fromStack(stack);

  test('creates the global cluster with its engine and without a source', () => {
    const global = onlyOf(stack, 'AWS::RDS::GlobalCluster');
    expect(global).toMatchObject({
      Engine: 'aurora-postgresql',
      EngineVersion: '16.6',
      StorageEncrypted: true,
    });
    expect(global).not.toHaveProperty('SourceDBClusterIdentifier');
  });

  test('joins by name, after the global cluster, with credentials from a secret', () => {
    template.hasResource('AWS::RDS::DBCluster', {
      Properties: {
        GlobalClusterIdentifier: 'orders-global',
        DatabaseName: 'orders',
        MasterUsername: { 'Fn::Join': Match.anyValue() },
        MasterUserPassword: { 'Fn::Join': Match.anyValue() },
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('GlobalCluster')]),
    });
  });

  test('keeps break-glass credentials that name no host', () => {
    template.resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 0);
    const { GenerateSecretString } = onlyOf(stack, 'AWS::SecretsManager::Secret') as {
      GenerateSecretString: { SecretStringTemplate: string };
    };
    expect(JSON.parse(GenerateSecretString.SecretStringTemplate)).toEqual({ username: 'holdfast_admin' });
  });
});

describe('a secondary member', () => {
  const stack = stackIn('us-west-2');
  declare(stack, { member: SECONDARY });

  test('joins by name and carries neither credentials nor a database (BP-06)', () => {
    const cluster = onlyOf(stack, 'AWS::RDS::DBCluster');
    expect(cluster).toMatchObject({ GlobalClusterIdentifier: 'orders-global' });
    for (const property of [
      'MasterUsername',
      'MasterUserPassword',
      'ManageMasterUserPassword',
      'DatabaseName',
    ]) {
      expect(cluster).not.toHaveProperty(property);
    }
    Template.fromStack(stack).resourceCountIs('AWS::RDS::GlobalCluster', 0);
    Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::Secret', 0);
    Template.fromStack(stack).resourceCountIs('AWS::RDS::DBInstance', 2);
  });

  test('refuses what JavaScript lets through', () => {
    const member = { kind: 'secondary', databaseName: 'orders' } as unknown as GlobalDatabaseMember;
    expect(() => declare(stackIn(), { member })).toThrow(
      /takes its databases and users from the global cluster/,
    );
  });
});

describe('both members', () => {
  const seed = stackIn('us-east-2');
  const secondary = stackIn('us-west-2');
  declare(seed);
  declare(secondary, { member: SECONDARY });

  test('have the same shape but for what birth decides', () => {
    const strip = (stack: Stack) => {
      const text = JSON.stringify(onlyOf(stack, 'AWS::RDS::DBCluster')).replaceAll(stack.region, 'REGION');
      const { MasterUsername, MasterUserPassword, DatabaseName, ...rest } = JSON.parse(text);
      return rest;
    };
    expect(strip(secondary)).toEqual(strip(seed));
    const instances = (stack: Stack) =>
      JSON.parse(
        JSON.stringify(
          Object.values(Template.fromStack(stack).findResources('AWS::RDS::DBInstance')).map(
            r => r.Properties,
          ),
        ).replaceAll(stack.region, 'REGION'),
      );
    expect(instances(secondary)).toEqual(instances(seed));
  });

  test('name instances by number, since any of them may write', () => {
    const names = Object.values(Template.fromStack(seed).findResources('AWS::RDS::DBInstance')).map(
      resource => resource.Properties.DBInstanceIdentifier,
    );
    expect(names).toEqual(['orders-us-east-2-1', 'orders-us-east-2-2']);
  });

  test.each([['AWS::RDS::GlobalCluster'], ['AWS::RDS::DBCluster'], ['AWS::RDS::DBInstance']])(
    'keep %s',
    type => {
      for (const resource of Object.values(Template.fromStack(seed).findResources(type))) {
        expect(resource).toMatchObject({
          DeletionPolicy: 'RetainExceptOnCreate',
          UpdateReplacePolicy: 'Retain',
        });
      }
    },
  );

  test('are encrypted, protected, logged, signed in to by IAM, and placed by AWS', () => {
    const cluster = onlyOf(secondary, 'AWS::RDS::DBCluster');
    expect(cluster).toMatchObject({
      StorageEncrypted: true,
      KmsKeyId: 'arn:aws:kms:us-west-2:000000000000:key/1',
      DeletionProtection: true,
      EnableIAMDatabaseAuthentication: true,
      CopyTagsToSnapshot: true,
      BackupRetentionPeriod: 14,
      EnableCloudwatchLogsExports: ['postgresql'],
    });
    expect(cluster).not.toHaveProperty('AvailabilityZones');
  });
});

test('an RPO bound becomes a parameter in every member, an alarmed one does not', () => {
  const bounded = stackIn();
  declare(bounded, { recoveryPoint: { kind: 'bounded', bound: Duration.seconds(30) } });
  expect(onlyOf(bounded, 'AWS::RDS::DBClusterParameterGroup')).toMatchObject({
    Family: 'aurora-postgresql16',
    Parameters: { 'rds.global_db_rpo': '30', 'rds.force_ssl': '1' },
  });
  const alarmed = stackIn();
  declare(alarmed, { recoveryPoint: { kind: 'alarmed' } });
  expect(JSON.stringify(onlyOf(alarmed, 'AWS::RDS::DBClusterParameterGroup'))).not.toContain('global_db_rpo');
});

test('lets nobody in until a client is allowed, and then on its own port alone', () => {
  const closed = stackIn();
  declare(closed);
  Template.fromStack(closed).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  const open = stackIn();
  const database = declare(open);
  database.connections.allowDefaultPortFrom(SecurityGroup.fromSecurityGroupId(open, 'Client', 'sg-1'));
  Template.fromStack(open).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: database.port,
    ToPort: database.port,
    SourceSecurityGroupId: 'sg-1',
  });
});

test('grants sign-in as one user of this Region alone', () => {
  const stack = stackIn('us-west-2');
  const database = declare(stack, { member: SECONDARY });
  const role = new Role(stack, 'Clone', { assumedBy: new ServicePrincipal('ec2') });
  database.grantConnect(role, 'service');
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 'rds-db:connect',
          Resource: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':rds-db:us-west-2:000000000000:dbuser:',
                { 'Fn::GetAtt': [Match.stringLikeRegexp('Cluster'), 'DBClusterResourceId'] },
                '/service',
              ],
            ],
          },
        },
      ],
    },
  });
});

test('names every wrong value at once, with the fix', () => {
  const wrong = () =>
    declare(stackIn(), {
      instances: 1,
      engineVersion: '16',
      clusterIdentifier: 'Orders--X',
      backupRetention: Duration.days(90),
      recoveryPoint: { kind: 'bounded', bound: Duration.seconds(5) },
      member: { kind: 'seed', databaseName: '1orders' },
    });
  for (const part of [
    'instances: not a whole number in range, received 1; use a whole number from 2 to 15',
    'engineVersion: not of the accepted form, received "16"',
    'clusterIdentifier:',
    'backupRetention (days):',
    'recoveryPoint.bound: rds.global_db_rpo takes 20 seconds at the least, received 5',
    'member.databaseName:',
  ]) {
    expect(wrong).toThrow(part);
  }
});
