import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { handler } from '../../lib/handlers/live-settings';
import { claimLease, type ShiftHolder } from '../../lib/runtime/live-settings/live-settings-lease';
import { dynamoLease } from '../../lib/runtime/live-settings/live-settings-lease-table';
import { type TestControlPlane, testControlPlane } from './control-plane';
import { network, ref } from './fixtures';
import { Stacks, type Template } from './stacks';

jest.setTimeout(180_000);

/** The controller's function itself, run against the emulator after real deploys of a real stack. */
const REGION = 'us-east-2';
const STACK = 'shop-service';
const SHIFT: ShiftHolder = { kind: 'shift', name: 'release-7' };
const environment = { ...process.env };
let plane: TestControlPlane;
let stacks: Stacks;
let ssm: SSMClient;

const group = {
  Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  Properties: { Port: 80, Protocol: 'HTTP', VpcId: ref('Vpc') },
};

/** A service whose template carries these weights and this smallest size. */
const service = (blue: number, minimum = 1, more: Template['Resources'] = {}): Template => ({
  Resources: {
    ...network,
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Name: 'shop', Subnets: [ref('SubnetA'), ref('SubnetB')] },
    },
    Blue: group,
    Green: group,
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: ref('Balancer'),
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: ref('Blue'), Weight: blue },
                { TargetGroupArn: ref('Green'), Weight: 100 - blue },
              ],
            },
          },
        ],
      },
    },
    Clones: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        AutoScalingGroupName: 'shop-blue',
        MinSize: String(minimum),
        MaxSize: '6',
        VPCZoneIdentifier: [ref('SubnetA'), ref('SubnetB')],
        LaunchTemplate: { LaunchTemplateId: ref('Template'), Version: '1' },
      },
    },
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { ImageId: 'ami-12345678', InstanceType: 'm7i.large' } },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'shop-register',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
    },
    ...more,
  },
  Outputs: {
    Listener: { Value: ref('Listener') },
    Blue: { Value: ref('Blue') },
    Green: { Value: ref('Green') },
  },
});

beforeAll(async () => {
  plane = await testControlPlane();
  stacks = new Stacks(plane.client(REGION));
  ssm = new SSMClient(plane.client(REGION));
  const { outputs, failures } = await stacks.create(STACK, service(100));
  expect(failures).toEqual([]);
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: plane.endpoint,
    AWS_ACCESS_KEY_ID: 'tester',
    AWS_SECRET_ACCESS_KEY: 'x',
    HOLDFAST_REGISTER_TABLE: 'shop-register',
    HOLDFAST_STACK: STACK,
    HOLDFAST_SETTINGS: '/shop/live',
    HOLDFAST_LISTENER: outputs.Listener,
    HOLDFAST_BLUE: outputs.Blue,
    HOLDFAST_GREEN: outputs.Green,
    HOLDFAST_FLOORS: 'shop-blue',
  });
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterAll(async () => {
  jest.restoreAllMocks();
  process.env = environment;
  await plane?.stop();
});

async function liveWeights(): Promise<unknown> {
  const elb = new ElasticLoadBalancingV2Client(plane.client(REGION));
  const command = new DescribeListenersCommand({ ListenerArns: [process.env.HOLDFAST_LISTENER ?? ''] });
  const { Listeners } = await elb.send(command);
  return Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight);
}

async function smallestSize(): Promise<number | undefined> {
  const scaling = new AutoScalingClient(plane.client(REGION));
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['shop-blue'] });
  return (await scaling.send(command)).AutoScalingGroups?.[0]?.MinSize;
}

const store = (Name: string, Value: string) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));

test('a first deploy into an empty Region: the weights are born as the listener has them', async () => {
  expect(await handler()).toEqual({ deploy: 'over', weights: 'in-step', raised: [] });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/shop/live/weights' }));
  expect(JSON.parse(Parameter?.Value ?? '')).toEqual({ blue: 100, green: 0 });
});

test('BP-12: live traffic is on green; a deploy of a tag elsewhere leaves it there, and one of the listener is put right', async () => {
  await store('/shop/live/weights', '{"blue":0,"green":100}');
  await handler();
  expect(await liveWeights()).toEqual([0, 100]);
  const asBorn = service(100).Resources;
  const tagged = (name: string) => {
    const { Type, Properties } = asBorn[name] as { Type: string; Properties: object };
    return { [name]: { Type, Properties: { ...Properties, Tags: [{ Key: 'team', Value: 'shop' }] } } };
  };
  expect((await stacks.update(STACK, service(100, 1, tagged('Table')))).status).toBe('UPDATE_COMPLETE');
  expect(await liveWeights()).toEqual([0, 100]);
  // CloudFormation writes the template's weights whenever it updates the listener, for a tag too.
  const both = { ...tagged('Table'), ...tagged('Listener') };
  expect((await stacks.update(STACK, service(100, 1, both))).status).toBe('UPDATE_COMPLETE');
  expect(await liveWeights()).toEqual([100, 0]);
  expect(await handler()).toMatchObject({ weights: 're-asserted' });
  expect(await liveWeights()).toEqual([0, 100]);
});

test('a shift stores, the controller turns', async () => {
  await store('/shop/live/weights', '{"blue":50,"green":50}');
  await store('/shop/live/floor/shop-blue', '4');
  expect(await handler()).toEqual({ deploy: 'over', weights: 're-asserted', raised: ['shop-blue'] });
  expect([await liveWeights(), await smallestSize()]).toEqual([[50, 50], 4]);
});

test('a deploy in the middle of a shift resets weights and floor, and both come back', async () => {
  expect((await stacks.update(STACK, service(90, 2))).status).toBe('UPDATE_COMPLETE');
  expect(await liveWeights()).toEqual([90, 10]);
  expect(await handler()).toMatchObject({ weights: 're-asserted' });
  expect([await liveWeights(), await smallestSize()]).toEqual([[50, 50], 4]);
});

test('a deploy that fails and rolls back in the middle of a shift leaves the weights of the shift', async () => {
  // The update has reached the listener before it comes to a cluster that cannot be made.
  const impossible = {
    Type: 'AWS::RDS::DBCluster',
    DependsOn: ['Listener', 'Clones'],
    Properties: {
      DBClusterIdentifier: 'shop',
      Engine: 'aurora-postgresql',
      EngineVersion: '16.6',
      GlobalClusterIdentifier: 'of-nobody',
    },
  };
  const { status } = await stacks.update(STACK, service(70, 3, { Impossible: impossible }));
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await liveWeights()).not.toEqual([50, 50]);
  expect(await handler()).toMatchObject({ weights: 're-asserted' });
  expect([await liveWeights(), await smallestSize()]).toEqual([[50, 50], 4]);
});

test('the lease is one item of the table, written over exactly what was read', async () => {
  const lease = dynamoLease({ region: REGION, endpointUrl: plane.endpoint }, 'shop-register');
  const [seen, claim] = [await lease.read(), claimLease(undefined, SHIFT, 1_000)];
  expect(seen).toBeUndefined();
  if (!claim.granted) throw new Error('a free lease is granted');
  expect(await lease.write(claim.lease, undefined)).toBe(true);
  expect(await lease.write(claim.lease, undefined)).toBe(false);
  expect(await lease.read()).toEqual(claim.lease);
  const free = { token: 1, expiresAt: 0 };
  expect(await lease.write(free, { ...claim.lease, expiresAt: 5 })).toBe(false);
  expect(await lease.write(free, claim.lease)).toBe(true);
  expect(await lease.read()).toEqual(free);
});

test('a stack that is gone is left alone', async () => {
  process.env.HOLDFAST_STACK = 'never-deployed';
  expect(await handler()).toEqual({ deploy: 'gone', raised: [] });
});
