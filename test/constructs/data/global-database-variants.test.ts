import { Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { GlobalDatabase } from '../../../constructs/data/global-database';
import type {
  GlobalDatabaseMember,
  GlobalDatabaseProps,
} from '../../../constructs/data/global-database-props';
import { validateGlobalDatabase } from '../../../constructs/data/global-database-validation';
import { keyOf, networkOf, onlyOf, stackIn } from '../stack';

const CLUSTER = 'AWS::RDS::DBCluster';
const INSTANCE = 'AWS::RDS::DBInstance';

const propsOf = (stack: Stack, props: Partial<GlobalDatabaseProps> = {}): GlobalDatabaseProps => ({
  member: { kind: 'seed', databaseName: 'orders' },
  globalClusterIdentifier: 'orders-global',
  clusterIdentifier: `orders-${stack.region}`,
  engineVersion: '16.6',
  instanceClass: 'db.r7g.large',
  vpc: networkOf(stack),
  encryptionKey: keyOf(stack),
  ...props,
});

function declare(props: Partial<GlobalDatabaseProps>, region = 'us-east-2'): Stack {
  const stack = stackIn(region);
  new GlobalDatabase(stack, 'Database', propsOf(stack, props));
  return stack;
}

const resourcesOf = (stack: Stack, type: string): readonly Record<string, unknown>[] =>
  Object.values(Template.fromStack(stack).findResources(type)).map(resource => resource.Properties);

describe('Aurora MySQL', () => {
  const stack = declare({ engine: 'mysql', engineVersion: '8.0.mysql_aurora.3.08.0' });

  test('requires TLS and logs slow statements and who did what', () => {
    expect(onlyOf(stack, 'AWS::RDS::DBClusterParameterGroup')).toMatchObject({
      Family: 'aurora-mysql8.0',
      Parameters: { require_secure_transport: 'ON', slow_query_log: '1', server_audit_logging: '1' },
    });
    expect(onlyOf(stack, CLUSTER)).toMatchObject({
      Engine: 'aurora-mysql',
      Port: 3307,
      EnableCloudwatchLogsExports: ['audit', 'error', 'slowquery'],
    });
    expect(resourcesOf(stack, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName)).toEqual(
      ['audit', 'error', 'slowquery'].map(log => `/aws/rds/cluster/orders-us-east-2/${log}`),
    );
  });

  test('runs one engine throughout', () => {
    expect(onlyOf(stack, 'AWS::RDS::GlobalCluster')).toMatchObject({ Engine: 'aurora-mysql' });
    expect(resourcesOf(stack, INSTANCE).map(({ Engine }) => Engine)).toEqual([
      'aurora-mysql',
      'aurora-mysql',
    ]);
  });

  test('BP-06: a secondary of MySQL carries no credentials either', () => {
    const secondary = declare({
      engine: 'mysql',
      engineVersion: '8.0.mysql_aurora.3.08.0',
      member: { kind: 'secondary' },
    });
    for (const name of ['MasterUsername', 'MasterUserPassword', 'DatabaseName']) {
      expect(onlyOf(secondary, CLUSTER)).not.toHaveProperty(name);
    }
  });

  test('has no bound of the loss', () => {
    expect(() =>
      declare({
        engine: 'mysql',
        engineVersion: '8.0.mysql_aurora.3.08.0',
        recoveryPoint: { kind: 'bounded', bound: Duration.seconds(30) },
      }),
    ).toThrow(/recoveryPoint: Aurora MySQL has nothing that bounds the loss/);
  });
});

describe('Serverless v2', () => {
  test('scales every instance between the same bounds', () => {
    const stack = declare({
      instanceClass: 'db.serverless',
      serverlessCapacity: { minimum: 2, maximum: 16.5 },
    });
    expect(onlyOf(stack, CLUSTER)).toMatchObject({
      ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 16.5 },
    });
    expect(resourcesOf(stack, INSTANCE).map(({ DBInstanceClass }) => DBInstanceClass)).toEqual([
      'db.serverless',
      'db.serverless',
    ]);
  });

  test('takes every range of halves within bounds and no other', () => {
    const stack = stackIn();
    const base = propsOf(stack, { instanceClass: 'db.serverless' });
    const accepts = (minimum: number, maximum: number): boolean => {
      try {
        validateGlobalDatabase('test', { ...base, serverlessCapacity: { minimum, maximum } });
        return true;
      } catch {
        return false;
      }
    };
    const quarters = fc.integer({ min: -4, max: 1100 }).map(count => count / 4);
    fc.assert(
      fc.property(quarters, quarters, (minimum, maximum) => {
        const halves = Number.isInteger(minimum * 2) && Number.isInteger(maximum * 2);
        const within = minimum >= 0.5 && maximum >= 1 && minimum <= maximum && maximum <= 256;
        expect(accepts(minimum, maximum)).toBe(halves && within);
      }),
    );
    expect(accepts(0.5, 1)).toBe(true);
    expect(accepts(256, 256)).toBe(true);
  });

  test.each<[string, Partial<GlobalDatabaseProps>, RegExp]>([
    ['a range on a fixed class', { serverlessCapacity: { minimum: 1, maximum: 2 } }, /need each other/],
    ['a class that scales without a range', { instanceClass: 'db.serverless' }, /need each other/],
    [
      'a member that pauses',
      { instanceClass: 'db.serverless', serverlessCapacity: { minimum: 0, maximum: 2 } },
      /0 would pause a member/,
    ],
  ])('refuses %s', (_case, props, message) => {
    expect(() => declare(props)).toThrow(message);
  });
});

describe('identity', () => {
  test('BP-37: ids and identifiers depend on the number alone, whatever the shape and the member', () => {
    const seed = Template.fromStack(declare({ instances: 3 })).findResources(INSTANCE);
    const other = Template.fromStack(
      declare({
        instances: 2,
        member: { kind: 'secondary' },
        instanceClass: 'db.serverless',
        serverlessCapacity: { minimum: 1, maximum: 2 },
      }),
    ).findResources(INSTANCE);
    // Written out: another id would replace a running instance.
    expect(Object.keys(seed)).toEqual([
      'DatabaseInstance1844F58FD',
      'DatabaseInstance2AA380DEE',
      'DatabaseInstance32FCBA185',
    ]);
    expect(Object.keys(other)).toEqual(Object.keys(seed).slice(0, 2));
    for (const [id, { Properties }] of Object.entries(other)) {
      expect(Properties.DBInstanceIdentifier).toBe(seed[id]?.Properties.DBInstanceIdentifier);
    }
  });

  test('BP-59: AWS places the storage; no zone is named, on the cluster or an instance', () => {
    const stack = declare({});
    expect(onlyOf(stack, CLUSTER)).not.toHaveProperty('AvailabilityZones');
    for (const instance of resourcesOf(stack, INSTANCE))
      expect(instance).not.toHaveProperty('AvailabilityZone');
  });
});

describe('birth', () => {
  test('BP-06: a headless secondary is asked for, and has no instance', () => {
    const stack = declare({ member: { kind: 'secondary', headless: true } });
    expect(onlyOf(stack, CLUSTER)).toMatchObject({ GlobalClusterIdentifier: 'orders-global' });
    Template.fromStack(stack).resourceCountIs(INSTANCE, 0);
  });

  test('a seed joins a global cluster that stands already, and owns nothing of it', () => {
    const stack = declare({ member: { kind: 'seed', databaseName: 'orders', globalCluster: 'existing' } });
    Template.fromStack(stack).resourceCountIs('AWS::RDS::GlobalCluster', 0);
    expect(onlyOf(stack, CLUSTER)).toMatchObject({ GlobalClusterIdentifier: 'orders-global' });
    expect(onlyOf(stack, CLUSTER)).toHaveProperty('MasterUsername');
  });

  test('replicas of the secret are named by Region and alias, and carry no host', () => {
    const secretReplicas = [{ region: 'us-west-2', keyAlias: 'alias/orders-data' }];
    const stack = declare({ member: { kind: 'seed', databaseName: 'orders', secretReplicas } });
    expect(onlyOf(stack, 'AWS::SecretsManager::Secret')).toMatchObject({
      ReplicaRegions: [{ Region: 'us-west-2', KmsKeyId: 'alias/orders-data' }],
      GenerateSecretString: { SecretStringTemplate: '{"username":"holdfast_admin"}' },
    });
    Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 0);
  });

  test('a secondary neither creates a global cluster nor replicates a secret, whatever JavaScript says', () => {
    const member = { kind: 'secondary', globalCluster: 'existing' } as unknown as GlobalDatabaseMember;
    expect(() => declare({ member })).toThrow(/takes its databases and users/);
  });
});

test('windows, parameters of instances and the advanced insights are as chosen', () => {
  const stack = declare({
    backupWindow: '03:00-03:30',
    maintenanceWindow: 'sun:04:00-sun:04:30',
    insights: 'advanced',
    instanceParameters: { log_statement: 'ddl' },
    parameters: { 'rds.logical_replication': '1' },
  });
  expect(onlyOf(stack, CLUSTER)).toMatchObject({
    PreferredBackupWindow: '03:00-03:30',
    PreferredMaintenanceWindow: 'sun:04:00-sun:04:30',
    DatabaseInsightsMode: 'advanced',
    PerformanceInsightsEnabled: true,
    PerformanceInsightsRetentionPeriod: 465,
  });
  expect(onlyOf(stack, 'AWS::RDS::DBParameterGroup')).toMatchObject({
    Family: 'aurora-postgresql16',
    Parameters: { log_statement: 'ddl' },
  });
  expect(onlyOf(stack, 'AWS::RDS::DBClusterParameterGroup')).toMatchObject({
    Parameters: { 'rds.force_ssl': '1', 'rds.logical_replication': '1' },
  });
  for (const instance of resourcesOf(stack, INSTANCE)) {
    expect(instance).toMatchObject({
      PerformanceInsightsRetentionPeriod: 465,
      DBParameterGroupName: { Ref: expect.stringMatching(/^DatabaseInstanceParameters/) },
    });
  }
});

test.each<[string, Partial<GlobalDatabaseProps>, RegExp]>([
  ['a window without an end', { backupWindow: '03:00' }, /backupWindow/],
  ['a week that has no such day', { maintenanceWindow: 'day:04:00-day:04:30' }, /maintenanceWindow/],
  ['a PostgreSQL version on MySQL', { engine: 'mysql' }, /such as 8\.0\.mysql_aurora/],
  ['a class of another service', { instanceClass: 'm7g.large' }, /instanceClass/],
  [
    'a MySQL user with an underscore',
    {
      engine: 'mysql',
      engineVersion: '8.0.mysql_aurora.3.08.0',
      member: { kind: 'seed', databaseName: 'orders', masterUsername: 'holdfast_admin' },
    },
    /member\.masterUsername/,
  ],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(props)).toThrow(message);
});

test('metrics are those of this Region’s cluster', () => {
  const stack = stackIn();
  const database = new GlobalDatabase(stack, 'Database', propsOf(stack));
  const metrics = [
    database.metricReplicationLag(),
    database.metricRecoveryPointLag(),
    database.metricCpuUtilization(),
    database.metricDatabaseConnections(),
    database.metricCapacityUtilization(),
  ];
  expect(metrics.map(({ metricName }) => metricName)).toEqual([
    'AuroraGlobalDBReplicationLag',
    'AuroraGlobalDBRPOLag',
    'CPUUtilization',
    'DatabaseConnections',
    'ACUUtilization',
  ]);
  for (const metric of metrics) {
    expect(metric.dimensions).toEqual({ DBClusterIdentifier: 'orders-us-east-2' });
  }
});
