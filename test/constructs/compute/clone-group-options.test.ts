import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import fc from 'fast-check';
import { Artifact } from '../../../constructs/compute/artifact';
import { CloneGroup, type CloneGroupProps } from '../../../constructs/compute/clone-group';
import { withZoneLossHeadroom } from '../../../regions/capacity';
import { resolveText } from '../../helpers/resolve-template';
import { networkOf, onlyOf, stackIn } from '../stack';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
let folder: string;
let artifact: Artifact;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-clone-options-'));
  for (const name of ['app', 'runtime']) writeFileSync(path.join(folder, `${name}.tgz`), name);
  const file = (name: string) => path.join(folder, `${name}.tgz`);
  artifact = Artifact.fromFiles({ app: file('app'), runtime: file('runtime') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function group(props: Partial<CloneGroupProps> = {}, app = new App()) {
  const stack = stackIn('us-east-2', app);
  const vpc = networkOf(stack);
  const clones = new CloneGroup(stack, 'Clones', {
    vpc,
    artifact,
    minimumClones: 2,
    maximumClones: 12,
    ...props,
  });
  return { stack, clones };
}

const alarmIn = () => Alarm.fromAlarmArn(stackIn(), 'Errors', 'arn:x:cloudwatch:r:0:alarm:errors');
const userDataOf = (stack: ReturnType<typeof stackIn>): string => {
  const launch = onlyOf(stack, 'AWS::EC2::LaunchTemplate') as {
    LaunchTemplateData: { UserData: unknown };
  };
  return resolveText(launch.LaunchTemplateData.UserData, {});
};

describe('update', () => {
  test('an instance refresh adds before it takes, watches alarms, bakes and rolls back', () => {
    const { stack } = group({ update: { strategy: 'refresh', alarms: [alarmIn()] } });
    Template.fromStack(stack).hasResource(GROUP, {
      UpdatePolicy: {
        AutoScalingInstanceRefresh: {
          Strategy: 'Rolling',
          Preferences: {
            MinHealthyPercentage: 100,
            MaxHealthyPercentage: 110,
            BakeTime: 600,
            AlarmSpecification: { Alarms: ['errors'] },
          },
        },
        AutoScalingRollingUpdate: Match.absent(),
        AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true },
      },
      Properties: { DesiredCapacity: Match.absent() },
    });
  });

  // BP-05
  test('a rolling update in batches keeps what it is told to keep', () => {
    const { stack } = group({ update: { strategy: 'rolling', batchSize: 3, minimumInService: 6 } });
    Template.fromStack(stack).hasResource(GROUP, {
      UpdatePolicy: {
        AutoScalingRollingUpdate: { MaxBatchSize: 3, MinInstancesInService: 6, WaitOnResourceSignals: true },
      },
    });
  });
});

describe('lifecycle', () => {
  const lifecycle = { drainTimeout: Duration.minutes(30) };

  test('BP-21: a leaving worker is waited for while it says that it is at work', () => {
    const { stack } = group({ entry: 'worker', groupName: 'orders-worker', lifecycle });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::AutoScaling::LifecycleHook', {
      LifecycleHookName: 'terminating',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: 120,
      DefaultResult: 'CONTINUE',
    });
    const script = userDataOf(stack);
    expect(script).toContain('TimeoutStopSec=1800');
    expect(script).toContain('deadline=$((SECONDS + 1800))');
    expect(script.indexOf('systemctl stop holdfast &')).toBeLessThan(
      script.indexOf('record-lifecycle-action-heartbeat --lifecycle-hook-name terminating'),
    );
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  });

  test('a new clone is held back until it answers, but not for ever (law 9)', () => {
    const { stack } = group({ groupName: 'orders-blue', lifecycle: {}, bootTimeout: Duration.minutes(7) });
    Template.fromStack(stack).hasResourceProperties('AWS::AutoScaling::LifecycleHook', {
      LifecycleHookName: 'launching',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: 420,
      DefaultResult: 'CONTINUE',
    });
  });

  test('a clone may report for its own group alone', () => {
    const { stack } = group({ groupName: 'orders-blue', lifecycle: {} });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
            Effect: 'Allow',
            Resource: {
              'Fn::Join': [
                '',
                Match.arrayWith([Match.stringLikeRegexp(':\\*:autoScalingGroupName/orders-blue$')]),
              ],
            },
          },
        ],
      },
    });
  });

  test('without it there is no hook and no follower', () => {
    const { stack } = group();
    Template.fromStack(stack).resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
    expect(userDataOf(stack)).not.toContain('lifecycle');
  });
});

describe('capacity', () => {
  test('a warm pool of stopped clones, none of which has served', () => {
    const { stack } = group({
      groupName: 'orders-blue',
      lifecycle: {},
      update: { strategy: 'refresh' },
      warmPool: { minimumWaiting: 2, maximumPrepared: 8 },
    });
    expect(onlyOf(stack, 'AWS::AutoScaling::WarmPool')).toMatchObject({
      MinSize: 2,
      MaxGroupPreparedCapacity: 8,
      PoolState: 'Stopped',
      InstanceReusePolicy: { ReuseOnScaleIn: false },
    });
  });

  test('further types come in order, and Spot only above the minimum', () => {
    const { stack } = group({
      mixedInstances: { instanceTypes: ['m7a.large', 'm6i.large'], spotPercentage: 40 },
    });
    expect(onlyOf(stack, GROUP).MixedInstancesPolicy).toMatchObject({
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized',
        OnDemandBaseCapacity: 2,
        OnDemandPercentageAboveBaseCapacity: 60,
      },
      LaunchTemplate: {
        Overrides: [
          { InstanceType: 'm7i.large' },
          { InstanceType: 'm7a.large' },
          { InstanceType: 'm6i.large' },
        ],
      },
    });
    expect(onlyOf(stack, GROUP).LaunchTemplate).toBeUndefined();
  });

  test('a reservation is used first, and sets no size', () => {
    const { stack } = group({ capacityReservation: { reservationIds: ['cr-0123abcd'] } });
    expect(onlyOf(stack, GROUP)).toMatchObject({
      CapacityReservationSpecification: {
        CapacityReservationPreference: 'capacity-reservations-first',
        CapacityReservationTarget: { CapacityReservationIds: ['cr-0123abcd'] },
      },
    });
    expect(onlyOf(stack, GROUP).DesiredCapacity).toBeUndefined();
  });

  test('the arithmetic of headroom and the rule agree: exactly the smallest sufficient minimum passes', () => {
    const stack = stackIn();
    const vpc = networkOf(stack);
    let id = 0;
    const make = (minimumClones: number, neededClones: number) => () =>
      new CloneGroup(stack, `Clones${id++}`, {
        vpc,
        artifact,
        minimumClones,
        maximumClones: 10_000,
        neededClones,
      });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), needed => {
        const smallest = withZoneLossHeadroom(needed, 2);
        expect(make(smallest, needed)).not.toThrow();
        expect(make(smallest - 1, needed)).toThrow(
          new RegExp(`minimumClones: leaves .* received ${smallest - 1}; use at least ${smallest}`),
        );
      }),
      { numRuns: 12 },
    );
  });
});

test('BP-22: a backlog adds clones by steps, the first one to an empty group, and takes none away', () => {
  const { stack, clones } = group({ entry: 'worker', minimumClones: 0 });
  clones.scaleOnQueue({ queue: new Queue(stack, 'Queue'), messagesPerClone: 50 });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'StepScaling',
    AdjustmentType: 'PercentChangeInCapacity',
    MinAdjustmentMagnitude: 1,
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 50, ScalingAdjustment: 25 },
      { MetricIntervalLowerBound: 50, MetricIntervalUpperBound: 150, ScalingAdjustment: 50 },
      { MetricIntervalLowerBound: 150, ScalingAdjustment: 100 },
    ],
  });
  template.resourceCountIs('AWS::AutoScaling::ScalingPolicy', 1);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Threshold: 50,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Metrics: Match.arrayWith([
      Match.objectLike({
        Expression:
          'IF(FILL(clones, 0) < 1, (waiting + working) * 50, (waiting + working) / FILL(clones, 1))',
      }),
    ]),
  });
});

test('AwsSolutions passes with every option', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  group({ groupName: 'orders-blue', lifecycle: {}, mixedInstances: { instanceTypes: ['m7a.large'] } }, app);
  expect(() => app.synth()).not.toThrow();
});

describe('refuses', () => {
  const refresh = { strategy: 'refresh' } as const;
  test.each<[string, Partial<CloneGroupProps>, RegExp]>([
    ['a batch of nobody', { update: { strategy: 'rolling', batchSize: 0 } }, /update\.batchSize.*received 0/],
    [
      'BP-05: a rolling update that takes all',
      { update: { strategy: 'rolling', minimumInService: 0 } },
      /update\.minimumInService.*received 0/,
    ],
    [
      'BP-05: a refresh that takes most',
      { update: { ...refresh, minimumHealthyPercentage: 10 } },
      /update\.minimumHealthyPercentage.*received 10/,
    ],
    [
      'too wide a refresh',
      { update: { ...refresh, minimumHealthyPercentage: 50, maximumHealthyPercentage: 200 } },
      /update\.maximumHealthyPercentage.*use at most 150/,
    ],
    [
      'a bake without alarms',
      { update: { ...refresh, bakeTime: Duration.minutes(5) } },
      /update\.alarms.*nobody/,
    ],
    ['a refresh of workers without hooks', { entry: 'worker', update: refresh }, /lifecycle.*no signals/],
    ['hooks without a name', { lifecycle: {} }, /groupName.*names its group/],
    [
      'an endless drain',
      { groupName: 'a', lifecycle: { drainTimeout: Duration.hours(3) } },
      /lifecycle\.drainTimeout \(seconds\).*10800/,
    ],
    ['a pool without hooks', { warmPool: {}, update: refresh }, /lifecycle.*first boot/],
    ['a pool beside signals', { warmPool: {}, groupName: 'a', lifecycle: {} }, /update.*received "rolling"/],
    ['a pool above the maximum', { warmPool: { maximumPrepared: 13 } }, /warmPool\.maximumPrepared.*13/],
    [
      'Spot in a pool',
      { warmPool: {}, mixedInstances: { instanceTypes: ['m7a.large'], spotPercentage: 5 } },
      /mixedInstances\.spotPercentage.*received 5/,
    ],
    ['no further type', { mixedInstances: { instanceTypes: [] } }, /instanceTypes \(count\).*received 0/],
    ['a type that is none', { mixedInstances: { instanceTypes: ['large'] } }, /instanceTypes\[0\].*"large"/],
    [
      'two architectures',
      { mixedInstances: { instanceTypes: ['m7g.large'] } },
      /instanceTypes\[0\].*architecture/,
    ],
    [
      'a reservation that is none',
      { capacityReservation: { reservationIds: ['r-1'] } },
      /capacityReservation\.reservationIds\[0\].*"r-1"/,
    ],
    [
      'a resource group that is none',
      { capacityReservation: { resourceGroupArn: 'reserved' } },
      /capacityReservation\.resourceGroupArn.*"reserved"/,
    ],
  ])('%s', (_, props, message) => {
    expect(() => group(props)).toThrow(message);
  });

  test('a backlog shared by nobody', () => {
    const { stack, clones } = group();
    const queue = new Queue(stack, 'Queue');
    expect(() => clones.scaleOnQueue({ queue, messagesPerClone: 0 })).toThrow(/messagesPerClone.*received 0/);
  });
});
