import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  type Listener,
  type TargetGroup as SdkTargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroup } from '../balancer';
import type { RegionClients } from './clients';

/** A target group without its targets. */
export type ListedGroup = Omit<TargetGroup, 'targets'>;

/** The load balancer of a Region as the control plane describes it. */
export interface BalancingState {
  readonly arn: string;
  readonly dnsName: string;
  readonly groups: readonly ListedGroup[];
}

/** Reads the load balancer of that name, or undefined when there is none yet. */
export async function readBalancing(
  { balancing }: RegionClients,
  loadBalancerName: string,
  timeScale: number,
): Promise<BalancingState | undefined> {
  const all = await balancing.send(new DescribeLoadBalancersCommand({}));
  const found = all.LoadBalancers?.find(each => each.LoadBalancerName === loadBalancerName);
  const arn = found?.LoadBalancerArn;
  if (arn === undefined) return undefined;
  const [listeners, groups] = await Promise.all([
    balancing.send(new DescribeListenersCommand({ LoadBalancerArn: arn })),
    balancing.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: arn })),
  ]);
  const weights = weightsOf(listeners.Listeners ?? []);
  const listed = (groups.TargetGroups ?? []).filter(group => weights.has(group.TargetGroupArn ?? ''));
  return {
    arn,
    dnsName: (found?.DNSName ?? '').toLowerCase(),
    groups: listed.map(group => listGroup(group, weights.get(group.TargetGroupArn ?? '') ?? 0, timeScale)),
  };
}

/** Weights of the listener that forwards; the other one only redirects to it. */
function weightsOf(listeners: readonly Listener[]): Map<string, number> {
  const actions = listeners.flatMap(listener => listener.DefaultActions ?? []);
  const forward = actions.find(action => action.Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups;
  if (groups !== undefined && groups.length > 0) {
    return new Map(groups.map(group => [group.TargetGroupArn ?? '', group.Weight ?? 1]));
  }
  return new Map(forward?.TargetGroupArn === undefined ? [] : [[forward.TargetGroupArn, 1]]);
}

function listGroup(group: SdkTargetGroup, weight: number, timeScale: number): ListedGroup {
  return {
    arn: group.TargetGroupArn ?? '',
    weight,
    health: {
      path: group.HealthCheckPath ?? '/',
      interval: ((group.HealthCheckIntervalSeconds ?? 30) * 1000) / timeScale,
      // Never below a second: a busy machine is slow to answer at any scale.
      timeout: Math.max(((group.HealthCheckTimeoutSeconds ?? 5) * 1000) / timeScale, 1000),
      healthyCount: group.HealthyThresholdCount ?? 5,
      unhealthyCount: group.UnhealthyThresholdCount ?? 2,
    },
  };
}
