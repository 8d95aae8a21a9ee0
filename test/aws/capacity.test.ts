import { FakeEndpoint, type Sent, xmlError, xmlResult } from './fake-endpoint';

const WEST = 'us-west-2';
let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

interface Group {
  readonly name: string;
  readonly minimum: number;
  readonly desired: number;
  readonly maximum: number;
  readonly states: readonly string[];
}

const FLEET: readonly Group[] = [
  { name: 'orders-blue', minimum: 2, desired: 3, maximum: 12, states: ['InService', 'InService', 'Pending'] },
  { name: 'orders-green', minimum: 0, desired: 0, maximum: 12, states: [] },
  { name: 'orders-worker', minimum: 1, desired: 1, maximum: 4, states: ['InService'] },
];

function groups(sent: Sent) {
  const asked = [...sent.form]
    .filter(([key]) => key.startsWith('AutoScalingGroupNames'))
    .map(([, name]) => name);
  const xml = FLEET.filter(group => asked.includes(group.name)).map(
    group => `<member><AutoScalingGroupName>${group.name}</AutoScalingGroupName><MinSize>${group.minimum}</MinSize>
      <DesiredCapacity>${group.desired}</DesiredCapacity><MaxSize>${group.maximum}</MaxSize>
      <Instances>${group.states.map(state => `<member><LifecycleState>${state}</LifecycleState></member>`).join('')}
      </Instances></member>`,
  );
  return xmlResult('DescribeAutoScalingGroups', `<AutoScalingGroups>${xml.join('')}</AutoScalingGroups>`);
}

const tg = (name: string) => `arn:aws:elasticloadbalancing:us-west-2:000000000000:targetgroup/${name}/1`;
const weighted = (name: string, weight: number) =>
  `<member><TargetGroupArn>${tg(name)}</TargetGroupArn><Weight>${weight}</Weight></member>`;

function balancer() {
  return {
    DescribeLoadBalancers: () =>
      xmlResult(
        'DescribeLoadBalancers',
        '<LoadBalancers><member><LoadBalancerArn>arn:lb</LoadBalancerArn></member></LoadBalancers>',
      ),
    DescribeListeners: () =>
      xmlResult(
        'DescribeListeners',
        `<Listeners><member><DefaultActions><member><Type>forward</Type><ForwardConfig><TargetGroups>
         ${weighted('orders-blue', 9)}${weighted('orders-green', 1)}
         </TargetGroups></ForwardConfig></member></DefaultActions></member></Listeners>`,
      ),
    // Two pages, with a stranger among them.
    DescribeTargetGroups: (sent: Sent) => {
      const names = sent.form.get('Marker') === null ? ['stranger', 'orders-blue'] : ['orders-green'];
      const members = names.map(
        name =>
          `<member><TargetGroupName>${name}</TargetGroupName><TargetGroupArn>${tg(name)}</TargetGroupArn></member>`,
      );
      const marker = sent.form.get('Marker') === null ? '<NextMarker>next</NextMarker>' : '';
      return xmlResult('DescribeTargetGroups', `<TargetGroups>${members.join('')}</TargetGroups>${marker}`);
    },
    DescribeTargetHealth: (sent: Sent) => {
      const states =
        sent.form.get('TargetGroupArn') === tg('orders-blue') ? ['healthy', 'unhealthy', 'draining'] : [];
      const members = states.map(
        state => `<member><TargetHealth><State>${state}</State></TargetHealth></member>`,
      );
      return xmlResult(
        'DescribeTargetHealth',
        `<TargetHealthDescriptions>${members.join('')}</TargetHealthDescriptions>`,
      );
    },
  };
}

describe('capacity of a Region', () => {
  test('joins groups, target health and weights', async () => {
    endpoint.replies = { DescribeAutoScalingGroups: groups, ...balancer() };
    expect(await endpoint.cloud().capacity(WEST)).toEqual([
      {
        name: 'orders-blue',
        kind: 'clones',
        ...{ minimum: 2, desired: 3, maximum: 12, inService: 2, weight: 90 },
        targets: { healthy: 1, total: 3 },
      },
      {
        name: 'orders-green',
        kind: 'clones',
        ...{ minimum: 0, desired: 0, maximum: 12, inService: 0, weight: 10 },
        targets: { healthy: 0, total: 0 },
      },
      { name: 'orders-worker', kind: 'workers', minimum: 1, desired: 1, maximum: 4, inService: 1 },
    ]);
    expect(new Set(endpoint.sent.map(sent => sent.region))).toEqual(new Set([WEST]));
  });

  test('a balancer that does not exist is said, not guessed', async () => {
    endpoint.replies = {
      DescribeAutoScalingGroups: groups,
      DescribeLoadBalancers: () => xmlError('LoadBalancerNotFound'),
    };
    await expect(endpoint.cloud().capacity(WEST)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('raising a floor', () => {
  const raise = async (group: string, minimum: number) => {
    endpoint.replies = {
      DescribeAutoScalingGroups: groups,
      UpdateAutoScalingGroup: () => xmlResult('UpdateAutoScalingGroup', ''),
    };
    await endpoint.cloud().raiseFloor(WEST, group, minimum);
    return endpoint.of('UpdateAutoScalingGroup')[0]?.form;
  };

  test('raises minimum and desired', async () => {
    const form = await raise('orders-blue', 5);
    expect(form?.get('MinSize')).toBe('5');
    expect(form?.get('DesiredCapacity')).toBe('5');
    expect(form?.get('MaxSize')).toBeNull();
  });

  test('leaves a desired capacity that is higher alone', async () => {
    const form = await raise('orders-blue', 3);
    expect(form?.get('MinSize')).toBe('3');
    expect(form?.get('DesiredCapacity')).toBeNull();
  });

  test('never lowers', async () => {
    expect(await raise('orders-blue', 1)).toBeUndefined();
  });

  test('above the maximum is refused', async () => {
    await expect(raise('orders-worker', 5)).rejects.toMatchObject({ code: 'refused' });
  });

  test('of a group that does not exist is not found', async () => {
    await expect(raise('orders-red', 5)).rejects.toMatchObject({ code: 'not-found' });
  });
});
