import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeDBClustersCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import type { DatabaseMove } from '../../lib/lab/gateway';
import { type TestControlPlane, testControlPlane } from './control-plane';
import { ref } from './fixtures';
import { Stacks, type Template } from './stacks';

jest.setTimeout(180_000);

let plane: TestControlPlane;
let east: Stacks;
let west: Stacks;

beforeAll(async () => {
  plane = await testControlPlane();
  east = new Stacks(plane.client('us-east-2'));
  west = new Stacks(plane.client('us-west-2'));
});
afterAll(() => plane?.stop());

describe('the global database', () => {
  const cluster = (region: string, properties: object) => ({
    Type: 'AWS::RDS::DBCluster',
    Properties: {
      DBClusterIdentifier: `orders-${region}`,
      Engine: 'aurora-postgresql',
      EngineVersion: '16.6',
      GlobalClusterIdentifier: 'orders-global',
      ...properties,
    },
  });
  const arn = (region: string) => `arn:aws:rds:${region}:000000000000:cluster:orders-${region}`;
  const instance = {
    Type: 'AWS::RDS::DBInstance',
    Properties: {
      DBClusterIdentifier: ref('Cluster'),
      DBInstanceClass: 'db.r7g.large',
      Engine: 'aurora-postgresql',
    },
  };

  test('a secondary before its global cluster is refused with the reason', async () => {
    const outcome = await west.create('too-early', { Resources: { Cluster: cluster('us-west-2', {}) } });
    expect(outcome.status).toBe('ROLLBACK_COMPLETE');
    expect(outcome.failures.join()).toMatch(/global cluster orders-global not found/);
    await west.delete('too-early');
  });

  test('joins at birth, and a move shows the old writer until the data plane has promoted', async () => {
    const global = {
      Type: 'AWS::RDS::GlobalCluster',
      Properties: {
        GlobalClusterIdentifier: 'orders-global',
        Engine: 'aurora-postgresql',
        EngineVersion: '16.6',
      },
    };
    const seed = {
      Global: global,
      Cluster: { ...cluster('us-east-2', {}), DependsOn: 'Global' },
      One: instance,
      Two: instance,
    };
    expect((await east.create('data', { Resources: seed })).failures).toEqual([]);
    expect(
      (await west.create('data', { Resources: { Cluster: cluster('us-west-2', {}) } })).failures,
    ).toEqual([]);
    const rds = new RDSClient(plane.client('us-west-2'));
    const view = async () => {
      const { GlobalClusters } = await rds.send(new DescribeGlobalClustersCommand({}));
      const { DBClusters } = await rds.send(new DescribeDBClustersCommand({}));
      const writer = GlobalClusters?.[0]?.GlobalClusterMembers?.filter(one => one.IsWriter);
      return [
        GlobalClusters?.[0]?.Status,
        writer?.map(one => one.DBClusterArn).join(),
        DBClusters?.[0]?.Status,
      ];
    };
    expect(await view()).toEqual(['available', arn('us-east-2'), 'available']);

    const moves: DatabaseMove[] = [];
    const stop = plane.gateway.state.onDatabaseMove(move => moves.push(move));
    const names = { GlobalClusterIdentifier: 'orders-global', TargetDbClusterIdentifier: arn('us-west-2') };
    await rds.send(new SwitchoverGlobalClusterCommand(names));
    expect(moves).toMatchObject([{ kind: 'switchover', fromRegion: 'us-east-2', toRegion: 'us-west-2' }]);
    expect(await view()).toEqual(['switching-over', arn('us-east-2'), 'switching-over']);
    const again = new FailoverGlobalClusterCommand({ ...names, AllowDataLoss: true });
    await expect(rds.send(again)).rejects.toMatchObject({ name: 'InvalidGlobalClusterStateFault' });
    plane.gateway.state.completeDatabaseMove('orders-global');
    expect(await view()).toEqual(['available', arn('us-west-2'), 'available']);

    await rds.send(
      new FailoverGlobalClusterCommand({
        ...names,
        AllowDataLoss: true,
        TargetDbClusterIdentifier: arn('us-east-2'),
      }),
    );
    expect(await view()).toEqual(['failing-over', arn('us-west-2'), 'failing-over']);
    await plane.gateway.abandonDatabaseMove('orders-global');
    expect(await view()).toEqual(['available', arn('us-west-2'), 'available']);
    stop();

    // A real change of either Region deploys whatever Region writes, and moves nothing (law 1).
    const longer = { BackupRetentionPeriod: 14 };
    const changed = { ...seed, Cluster: { ...cluster('us-east-2', longer), DependsOn: 'Global' } };
    expect((await east.update('data', { Resources: changed })).status).toBe('UPDATE_COMPLETE');
    const there = { Resources: { Cluster: cluster('us-west-2', longer) } };
    expect((await west.update('data', there)).status).toBe('UPDATE_COMPLETE');
    expect(await view()).toEqual(['available', arn('us-west-2'), 'available']);
  });

  test('one instance of a cluster is its writer', async () => {
    const { DBClusters } = await new RDSClient(plane.client('us-east-2')).send(
      new DescribeDBClustersCommand({}),
    );
    expect(DBClusters?.[0]?.DBClusterMembers?.map(one => one.IsClusterWriter)).toEqual([true, false]);
  });
});

describe('tables', () => {
  const table = (TableName: string, more: object): Template => ({
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          Replicas: [{ Region: 'us-east-2' }, { Region: 'us-west-2' }],
          ...more,
        },
      },
    },
  });
  const put = (TableName: string) =>
    new PutItemCommand({ TableName, Item: { pk: { S: 'register' }, epoch: { N: '1' } } });
  const get = (TableName: string) =>
    new GetItemCommand({ TableName, Key: { pk: { S: 'register' } }, ConsistentRead: true });

  test('a global table has its replicas', async () => {
    expect((await east.create('effects', table('effects', {}))).failures).toEqual([]);
    await new DynamoDBClient(plane.client('us-east-2')).send(put('effects'));
    const { Item } = await new DynamoDBClient(plane.client('us-west-2')).send(get('effects'));
    expect(Item?.epoch).toEqual({ N: '1' });
  });

  test('the register is one store for every Region, and a cut Region reads nothing', async () => {
    const witness = { GlobalTableWitnesses: [{ Region: 'us-east-1' }] };
    const strong = table('orders-register', { MultiRegionConsistency: 'STRONG', ...witness });
    expect((await east.create('register', strong)).failures).toEqual([]);
    const inEast = new DynamoDBClient(plane.client('us-east-2'));
    const inWest = new DynamoDBClient(plane.client('us-west-2'));
    await inWest.send(put('orders-register'));
    expect((await inEast.send(get('orders-register'))).Item?.epoch).toEqual({ N: '1' });
    await plane.admin.setReachable('us-east-2', false);
    await expect(inEast.send(get('orders-register'))).rejects.toMatchObject({ name: 'InternalServerError' });
    expect((await inWest.send(get('orders-register'))).Item?.epoch).toEqual({ N: '1' });
    await plane.admin.setReachable('us-east-2', true);
    expect((await inEast.send(get('orders-register'))).Item?.epoch).toEqual({ N: '1' });
  });
});
