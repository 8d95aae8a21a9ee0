import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  paginateDescribeTargetGroups,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLOURS, loadBalancerName, targetGroupName } from '../naming';
import { ask, type Connection } from './clients';

/** What the balancer says about a target group. */
export interface TargetGroupState {
  readonly healthy: number;
  readonly total: number;
  /** Share of new connections, 0 to 100; absent when no listener forwards with weights. */
  readonly weight?: number;
}

/** Target health and weights of both colours, by the name of the target group. */
export async function targetGroups(
  connection: Connection,
  application: string,
  region: string,
): Promise<ReadonlyMap<string, TargetGroupState>> {
  const client = connection.client(ElasticLoadBalancingV2Client, region);
  return ask(`reading target health in ${region}`, async () => {
    const balancers = await client.send(
      new DescribeLoadBalancersCommand({ Names: [loadBalancerName(application)] }),
    );
    const arn = balancers.LoadBalancers?.[0]?.LoadBalancerArn;
    const [listeners, groups] = await Promise.all([
      client.send(new DescribeListenersCommand({ LoadBalancerArn: arn })),
      ownTargetGroups(client, application),
    ]);
    const states = await Promise.all(groups.map(group => health(client, group, listeners.Listeners ?? [])));
    return new Map(states);
  });
}

/** By name among all: asking for a name that does not exist is an error, and a colour may not exist. */
async function ownTargetGroups(
  client: ElasticLoadBalancingV2Client,
  application: string,
): Promise<readonly TargetGroup[]> {
  const names = COLOURS.map(colour => targetGroupName(application, colour));
  const ours: TargetGroup[] = [];
  for await (const page of paginateDescribeTargetGroups({ client }, {})) {
    ours.push(...(page.TargetGroups ?? []).filter(group => names.includes(group.TargetGroupName ?? '')));
  }
  return ours;
}

async function health(
  client: ElasticLoadBalancingV2Client,
  group: TargetGroup,
  listeners: readonly Listener[],
): Promise<[string, TargetGroupState]> {
  const answer = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: group.TargetGroupArn }));
  const targets = answer.TargetHealthDescriptions ?? [];
  return [
    group.TargetGroupName ?? '',
    {
      healthy: targets.filter(target => target.TargetHealth?.State === 'healthy').length,
      total: targets.length,
      weight: weightOf(group.TargetGroupArn, listeners),
    },
  ];
}

/** The share of a target group in the first listener that forwards to several groups, or to this one alone. */
function weightOf(arn: string | undefined, listeners: readonly Listener[]): number | undefined {
  for (const action of listeners.flatMap(listener => listener.DefaultActions ?? [])) {
    const weighted = action.ForwardConfig?.TargetGroups ?? [];
    const sum = weighted.reduce((total, entry) => total + (entry.Weight ?? 0), 0);
    const own = weighted.find(entry => entry.TargetGroupArn === arn);
    if (own !== undefined && sum > 0) return ((own.Weight ?? 0) / sum) * 100;
    if (action.TargetGroupArn === arn) return 100;
  }
  return undefined;
}
