import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeNatGatewaysCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { runTool } from '../../lib/lab/tool';
import { pythonTools, type TestControlPlane, testControlPlane } from './control-plane';
import { att, network, ref } from './fixtures';
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
