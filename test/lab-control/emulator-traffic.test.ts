import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type TestControlPlane, testControlPlane } from './control-plane';
import { att, network, ref } from './fixtures';
import { Stacks, type Template } from './stacks';

jest.setTimeout(180_000);

let plane: TestControlPlane;
let east: Stacks;

beforeAll(async () => {
  plane = await testControlPlane();
  east = new Stacks(plane.client('us-east-2'));
});
afterAll(() => plane?.stop());

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
    const more = { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'more' } } };
    const next = { ...template, Resources: { ...template.Resources, ...more } };
    expect((await east.update('weighted', next)).status).toBe('UPDATE_COMPLETE');
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
