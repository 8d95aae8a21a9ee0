import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeNatGatewaysCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeDBClustersCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DatabaseMove } from '../../lib/lab/gateway';
import { runTool } from '../../lib/lab/tool';
import { pythonTools, type TestControlPlane, testControlPlane } from './control-plane';
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

const ref = (Ref: string) => ({ Ref });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

const network = {
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
  SubnetA: subnet('10.0.0.0/24', 'use2-az1'),
  SubnetB: subnet('10.0.1.0/24', 'use2-az2'),
  Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'any', VpcId: ref('Vpc') } },
};

function subnet(CidrBlock: string, AvailabilityZoneId: string) {
  return { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock, AvailabilityZoneId } };
}

describe('the launcher', () => {
  test('refuses another version of the emulator', async () => {
    const { python, emulatorLauncher } = await pythonTools();
    const config = path.join(plane.paths.state, 'other.json');
    writeFileSync(config, JSON.stringify({ version: '0.0.1' }));
    const signal = new AbortController().signal;
    const run = await runTool(python, [emulatorLauncher, config], { cwd: '/', env: process.env, signal });
    expect(run.exitCode).toBe(1);
    expect(run.output).toMatch(/ministack [\d.]+ found, 0\.0\.1 needed/);
  });

  test('gives out addresses that lead to the gateway', async () => {
    await east.create('queue', { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } });
    const { QueueUrls = [] } = await new SQSClient(plane.client('us-east-2')).send(new ListQueuesCommand({}));
    expect(QueueUrls[0]).toContain(`:${plane.gateway.port}/`);
  });

  test('knows the public parameters of machine images', async () => {
    const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64';
    const { Parameter } = await new SSMClient(plane.client('us-east-2')).send(
      new GetParameterCommand({ Name }),
    );
    expect(Parameter?.Value).toMatch(/^ami-/);
  });
});

describe('types that only the launcher creates', () => {
  const rule = (port: number) => ({
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      GroupId: att('Group', 'GroupId'),
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      CidrIp: '10.0.0.0/8',
    },
  });
  const template = (port: number): Template => ({
    Resources: {
      ...network,
      Address: { Type: 'AWS::EC2::EIP', Properties: { Domain: 'vpc' } },
      Nat: {
        Type: 'AWS::EC2::NatGateway',
        Properties: { SubnetId: ref('SubnetA'), AllocationId: att('Address', 'AllocationId') },
      },
      In: rule(port),
      Out: {
        Type: 'AWS::EC2::SecurityGroupEgress',
        Properties: {
          GroupId: att('Group', 'GroupId'),
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          DestinationSecurityGroupId: att('Group', 'GroupId'),
        },
      },
      Flow: {
        Type: 'AWS::EC2::FlowLog',
        Properties: { ResourceId: ref('Vpc'), ResourceType: 'VPC', TrafficType: 'ALL', LogGroupName: 'flow' },
      },
    },
    Outputs: { Nat: { Value: ref('Nat') }, Group: { Value: att('Group', 'GroupId') } },
  });

  test('network: created, changed in place or replaced, and deleted', async () => {
    const ec2 = new EC2Client(plane.client('us-east-2'));
    const groupOf = async (id = '') =>
      (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups?.[0];
    const created = await east.create('bridged', template(80));
    expect(created).toMatchObject({ status: 'CREATE_COMPLETE', failures: [] });
    expect((await groupOf(created.outputs.Group))?.IpPermissions).toMatchObject([{ FromPort: 80 }]);

    const updated = await east.update('bridged', template(443));
    expect(updated).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: created.outputs });
    expect((await groupOf(created.outputs.Group))?.IpPermissions).toMatchObject([{ FromPort: 443 }]);

    await east.delete('bridged');
    const { NatGateways } = await ec2.send(new DescribeNatGatewaysCommand({}));
    expect(NatGateways).toEqual([]);
  });

  test('health checks: inverted and calculated, and a record that uses one', async () => {
    const check = (config: object) => ({
      Type: 'AWS::Route53::HealthCheck',
      Properties: { HealthCheckConfig: config },
    });
    const outcome = await east.create('checks', {
      Resources: {
        Gate: check({
          Type: 'HTTPS',
          FullyQualifiedDomainName: 'gate.example.com',
          Inverted: true,
          RequestInterval: 10,
        }),
        Both: check({ Type: 'CALCULATED', ChildHealthChecks: [ref('Gate')], HealthThreshold: 1 }),
        Record: {
          Type: 'AWS::Route53::RecordSet',
          Properties: {
            HostedZoneId: 'Z0000000000ORDERS000',
            Name: 'checked.example.com',
            Type: 'A',
            TTL: '60',
            SetIdentifier: 'a',
            Failover: 'PRIMARY',
            HealthCheckId: ref('Both'),
            ResourceRecords: ['127.0.0.1'],
          },
        },
      },
      Outputs: { Gate: { Value: ref('Gate') }, Both: { Value: att('Both', 'HealthCheckId') } },
    });
    expect(outcome).toMatchObject({ status: 'CREATE_COMPLETE' });
    const route53 = new Route53Client(plane.client('us-east-1'));
    const HealthCheckId = outcome.outputs.Gate ?? '';
    const configuration = async () =>
      (await route53.send(new GetHealthCheckCommand({ HealthCheckId }))).HealthCheck?.HealthCheckConfig;
    expect(await configuration()).toMatchObject({ Inverted: true });
    await route53.send(new UpdateHealthCheckCommand({ HealthCheckId, Inverted: false }));
    expect(await configuration()).toMatchObject({ Inverted: false });
    const records = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: 'Z0000000000ORDERS000' }),
    );
    expect(records.ResourceRecordSets).toContainEqual(
      expect.objectContaining({ Name: 'checked.example.com.', HealthCheckId: outcome.outputs.Both }),
    );

    await expect(route53.send(new GetHealthCheckStatusCommand({ HealthCheckId }))).rejects.toThrow(
      /nobody has looked/,
    );
    const detail = 'HTTP Status Code 503';
    plane.gateway.state.setCheckStatus(HealthCheckId, {
      healthy: false,
      checkedAt: new Date().toISOString(),
      detail,
    });
    const { HealthCheckObservations } = await route53.send(
      new GetHealthCheckStatusCommand({ HealthCheckId }),
    );
    expect(HealthCheckObservations?.[0]?.StatusReport?.Status).toBe(`Failure: ${detail}`);
  });

  test('what nothing creates is written down by name, and forgotten when it is deleted', async () => {
    const outcome = await west.create('absent', {
      Resources: { Limit: { Type: 'AWS::Budgets::Budget', Properties: {} } },
      Outputs: { Arn: { Value: att('Limit', 'Arn') } },
    });
    expect(outcome).toMatchObject({
      status: 'CREATE_COMPLETE',
      outputs: { Arn: 'not-emulated/absent/Limit/Arn' },
    });
    const entry = { type: 'AWS::Budgets::Budget', logicalId: 'Limit', stack: 'absent', region: 'us-west-2' };
    expect(await plane.admin.notEmulated()).toContainEqual(entry);
    await west.delete('absent');
    expect(await plane.admin.notEmulated()).not.toContainEqual(entry);
  });

  test('a type that is none is refused', async () => {
    await expect(east.create('typo', { Resources: { A: { Type: 'AWS::Nothing' } } })).rejects.toThrow(
      /Unrecognized/,
    );
  });
});

describe('alarms', () => {
  test('over metric math they stand unevaluated, which is written down; composites follow them', async () => {
    const math = { Id: 'm', Expression: 'a/b', ReturnData: true };
    const alarm = {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { AlarmName: 'ratio', Metrics: [math], EvaluationPeriods: 1 },
    };
    const outcome = await east.create('alarms', {
      Resources: {
        Ratio: {
          ...alarm,
          Properties: { ...alarm.Properties, ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 },
        },
        All: {
          Type: 'AWS::CloudWatch::CompositeAlarm',
          DependsOn: 'Ratio',
          Properties: { AlarmName: 'all', AlarmRule: 'ALARM("ratio")' },
        },
      },
      Outputs: { Arn: { Value: att('All', 'Arn') } },
    });
    expect(outcome).toMatchObject({
      status: 'CREATE_COMPLETE',
      outputs: { Arn: expect.stringMatching(/:alarm:all$/) },
    });
    const cloudwatch = new CloudWatchClient(plane.client('us-east-2'));
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['ratio'] }));
    expect(MetricAlarms?.[0]?.StateValue).toBe('INSUFFICIENT_DATA');
    const types = (await plane.admin.notEmulated()).map(({ type }) => type);
    expect(types).toContain('AWS::CloudWatch::Alarm (metric math)');
  });
});

describe('listeners', () => {
  const group = {
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    Properties: { Port: 80, Protocol: 'HTTP', VpcId: ref('Vpc') },
  };
  const weights = (blue: number) => ({
    TargetGroups: [
      { TargetGroupArn: ref('Blue'), Weight: blue },
      { TargetGroupArn: ref('Green'), Weight: 100 - blue },
    ],
  });
  const template: Template = {
    Resources: {
      ...network,
      Balancer: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        Properties: { Name: 'weighted', Subnets: [ref('SubnetA'), ref('SubnetB')] },
      },
      Blue: group,
      Green: group,
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: ref('Balancer'),
          Port: 80,
          Protocol: 'HTTP',
          DefaultActions: [{ Type: 'forward', ForwardConfig: weights(100) }],
        },
      },
    },
    Outputs: {
      Balancer: { Value: ref('Balancer') },
      Listener: { Value: ref('Listener') },
      Blue: { Value: ref('Blue') },
    },
  };

  test('keep their weights from the template and from ModifyListener; health is what the balancer measured', async () => {
    const { outputs, failures } = await east.create('weighted', template);
    expect(failures).toEqual([]);
    const elb = new ElasticLoadBalancingV2Client(plane.client('us-east-2'));
    const groups = async () => {
      const { Listeners } = await elb.send(
        new DescribeListenersCommand({ LoadBalancerArn: outputs.Balancer }),
      );
      return Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    };
    expect((await groups()).map(({ Weight }) => Weight)).toEqual([100, 0]);
    const turned = (await groups()).map((one, index) => ({ ...one, Weight: index === 0 ? 10 : 90 }));
    const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups: turned } }];
    await elb.send(new ModifyListenerCommand({ ListenerArn: outputs.Listener, DefaultActions }));
    expect((await groups()).map(({ Weight }) => Weight)).toEqual([10, 90]);

    plane.gateway.state.setTargetHealth(outputs.Blue ?? '', [
      { id: 'i-1', port: 8080, state: 'healthy' },
      { id: 'i-2', port: 8080, state: 'unhealthy', reason: 'Target.FailedHealthChecks' },
    ]);
    const health = async (Targets?: { Id: string }[]) =>
      (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: outputs.Blue, Targets })))
        .TargetHealthDescriptions;
    expect((await health())?.map(one => one.TargetHealth?.State)).toEqual(['healthy', 'unhealthy']);
    expect((await health([{ Id: 'i-2' }]))?.map(one => one.Target?.Id)).toEqual(['i-2']);
  });
});

describe('Auto Scaling groups', () => {
  const template = (sizes: object, tag: string): Template => ({
    Resources: {
      ...network,
      Image: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateName: 'image',
          LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'm7i.large' },
        },
      },
      Clones: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          AutoScalingGroupName: 'clones',
          LaunchTemplate: { LaunchTemplateId: ref('Image'), Version: att('Image', 'LatestVersionNumber') },
          VPCZoneIdentifier: [ref('SubnetA'), ref('SubnetB')],
          TargetGroupARNs: ['arn:of-a-group'],
          Tags: [{ Key: 'turn', Value: tag, PropagateAtLaunch: true }],
          ...sizes,
        },
      },
    },
  });

  test('have instances in their zones; a deploy leaves live sizes alone; bounds hold', async () => {
    const sizes = { MinSize: '2', MaxSize: '6' };
    expect((await east.create('group', template(sizes, 'one'))).failures).toEqual([]);
    const scaling = new AutoScalingClient(plane.client('us-east-2'));
    const AutoScalingGroupName = 'clones';
    const group = async () =>
      (await scaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.[0];
    expect(await group()).toMatchObject({ DesiredCapacity: 2, TargetGroupARNs: ['arn:of-a-group'] });
    expect((await group())?.Instances?.map(one => one.LifecycleState)).toEqual(['InService', 'InService']);
    expect(new Set((await group())?.Instances?.map(one => one.AvailabilityZone)).size).toBe(2);

    await scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 4 }));
    expect(await group()).toMatchObject({ MinSize: 4, DesiredCapacity: 4 });
    expect((await group())?.Instances).toHaveLength(4);
    const beyond = new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 7 });
    await expect(scaling.send(beyond)).rejects.toThrow(/above max value/);

    expect((await east.update('group', template(sizes, 'two'))).status).toBe('UPDATE_COMPLETE');
    expect(await group()).toMatchObject({ MinSize: 4, MaxSize: 6, DesiredCapacity: 4 });
  });
});

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
