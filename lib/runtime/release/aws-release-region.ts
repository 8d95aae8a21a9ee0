import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parseWeights } from '../live-settings/live-settings';
import { weightsOf } from '../live-settings/live-settings-aws';
import { buildOfText, buildParameter, type ReleaseNames } from './release-names';
import type { ReleaseColour } from './release-plan';
import type { ColourView, RegionView } from './release-view';

/** How a Region is reached. */
export interface ReleaseConnection {
  readonly region: string;
  /** The lab's gateway. @default - AWS itself */
  readonly endpoint?: string;
  /** @default - the SDK's own chain */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The clients of a Region; made when first used, and closed together. */
export class RegionReleaseClients {
  private readonly made: { destroy(): void }[] = [];
  readonly scaling: AutoScalingClient;
  readonly balancing: ElasticLoadBalancingV2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly ssm: SSMClient;

  constructor(readonly connection: ReleaseConnection) {
    // One repeat: the next look comes soon, and an act must have ended within its part of the lease.
    const options = {
      ...connection,
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 2000, requestTimeout: 4000 },
    };
    this.scaling = new AutoScalingClient(options);
    this.balancing = new ElasticLoadBalancingV2Client(options);
    this.cloudWatch = new CloudWatchClient(options);
    this.ssm = new SSMClient(options);
    this.made.push(this.scaling, this.balancing, this.cloudWatch, this.ssm);
  }

  close(): void {
    for (const client of this.made) client.destroy();
  }
}

/** ARNs by which metrics and weights are known. */
export interface BalancerArns {
  readonly loadBalancer: string;
  readonly targetGroups: Readonly<Record<ReleaseColour, string>>;
}

/** Finds the balancer of a Region and its target groups. */
export async function readBalancer(
  { balancing }: RegionReleaseClients,
  names: ReleaseNames,
): Promise<BalancerArns> {
  const { blue, green } = names.targetGroups;
  const [balancers, groups] = await Promise.all([
    balancing.send(new DescribeLoadBalancersCommand({ Names: [names.loadBalancer] })),
    balancing.send(new DescribeTargetGroupsCommand({ Names: [blue, green] })),
  ]);
  const arnOf = (name: string) =>
    found(groups.TargetGroups?.find(group => group.TargetGroupName === name)?.TargetGroupArn, name);
  return {
    loadBalancer: found(balancers.LoadBalancers?.[0]?.LoadBalancerArn, names.loadBalancer),
    targetGroups: { blue: arnOf(blue), green: arnOf(green) },
  };
}

/** A Region as a release sees it. Rejects when a part of it cannot be seen. */
export async function readRegion(
  clients: RegionReleaseClients,
  names: ReleaseNames,
  arns: BalancerArns,
  acceptedAlarms: readonly string[],
): Promise<RegionView> {
  const { balancing, ssm } = clients;
  const weights = `${names.settings}/weights`;
  const builds = { blue: buildParameter(names, 'blue'), green: buildParameter(names, 'green') };
  const [parameters, listeners, blue, green, alarms] = await Promise.all([
    ssm.send(new GetParametersCommand({ Names: [weights, builds.blue, builds.green] })),
    balancing.send(new DescribeListenersCommand({ LoadBalancerArn: arns.loadBalancer })),
    readColour(clients, names, arns, 'blue'),
    readColour(clients, names, arns, 'green'),
    readAlarms(clients, names),
  ]);
  const textOf = (name: string) => parameters.Parameters?.find(each => each.Name === name)?.Value;
  const stored = textOf(weights);
  const actions = (listeners.Listeners ?? []).map(({ DefaultActions }) => DefaultActions);
  const live = actions.map(each => weightsOf(each, arns.targetGroups)).find(each => each !== undefined);
  const accepted = new Set(acceptedAlarms);
  return {
    stored: stored === undefined ? live : parseWeights(stored),
    live,
    colours: {
      blue: { ...blue, build: buildOfText(textOf(builds.blue)) },
      green: { ...green, build: buildOfText(textOf(builds.green)) },
    },
    ringing: alarms.ringing,
    silent: alarms.silent.filter(name => !accepted.has(name)),
  };
}

async function readColour(
  { scaling, balancing }: RegionReleaseClients,
  names: ReleaseNames,
  arns: BalancerArns,
  colour: ReleaseColour,
): Promise<ColourView> {
  const name = names.groups[colour];
  const [groups, health] = await Promise.all([
    scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })),
    balancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: arns.targetGroups[colour] })),
  ]);
  const group = groups.AutoScalingGroups?.[0];
  return {
    desired: found(group?.DesiredCapacity, name),
    maximum: group?.MaxSize ?? 0,
    instances: group?.Instances?.length ?? 0,
    healthy: (health.TargetHealthDescriptions ?? []).filter(each => each.TargetHealth?.State === 'healthy')
      .length,
  };
}

async function readAlarms({ cloudWatch }: RegionReleaseClients, { alarmPrefix }: ReleaseNames) {
  const states: Record<'ringing' | 'silent', string[]> = { ringing: [], silent: [] };
  const input = {
    AlarmNamePrefix: alarmPrefix,
    AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const],
  };
  for await (const page of paginateDescribeAlarms({ client: cloudWatch }, input)) {
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
      if (onlyScales(alarm)) continue;
      if (alarm.StateValue === 'ALARM') states.ringing.push(alarm.AlarmName ?? '');
      else if (alarm.StateValue !== 'OK') states.silent.push(alarm.AlarmName ?? '');
    }
  }
  return states;
}

/** An alarm that only turns a scaling policy says nothing of health: a quiet group keeps one in ALARM. */
function onlyScales(alarm: MetricAlarm | CompositeAlarm): boolean {
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = alarm;
  const actions = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return actions.length > 0 && actions.every(action => /^arn:[^:]+:autoscaling:/.test(action));
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new RangeError(`${name} is not there`);
  return value;
}
