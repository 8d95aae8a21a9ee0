import {
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { HoldfastError } from '../../errors';
import type { RegionClients } from './clients';
import { type LaunchFacts, readUserData } from './user-data';

/** An Auto Scaling group as the control plane describes it. */
export interface GroupState {
  readonly name: string;
  readonly minimum: number;
  readonly desired: number;
  /** The instances that should run, in the order of their launch, each with its availability zone. */
  readonly instances: readonly { readonly id: string; readonly zone: string }[];
  /** ARNs of the target groups that its instances stand in. */
  readonly targetGroups: readonly string[];
  /** Id and version of the launch template. */
  readonly template: { readonly id: string; readonly version: string };
}

/** Reads every Auto Scaling group of a Region. */
export async function readGroups({ autoScaling }: RegionClients): Promise<GroupState[]> {
  const groups: GroupState[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client: autoScaling }, {})) {
    groups.push(...(page.AutoScalingGroups ?? []).map(groupState));
  }
  return groups;
}

function groupState(group: AutoScalingGroup): GroupState {
  return {
    name: group.AutoScalingGroupName ?? '',
    minimum: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    instances: (group.Instances ?? []).flatMap(({ InstanceId: id, AvailabilityZone: zone }) =>
      id === undefined || zone === undefined ? [] : [{ id, zone }],
    ),
    targetGroups: group.TargetGroupARNs ?? [],
    template: {
      id: group.LaunchTemplate?.LaunchTemplateId ?? group.LaunchTemplate?.LaunchTemplateName ?? '',
      version: group.LaunchTemplate?.Version ?? '$Default',
    },
  };
}

/** Raises a group's desired capacity to its minimum, as Auto Scaling itself does and the emulator does not. */
export async function liftToMinimum({ autoScaling }: RegionClients, group: GroupState): Promise<void> {
  if (group.desired >= group.minimum) return;
  const input = { AutoScalingGroupName: group.name, DesiredCapacity: group.minimum };
  await autoScaling.send(new SetDesiredCapacityCommand(input));
}

/**
 * Reads what a group's launch template starts.
 * @throws HoldfastError `not-found` when the template is not there
 */
export async function readLaunch({ ec2 }: RegionClients, group: GroupState): Promise<LaunchFacts> {
  const { id, version } = group.template;
  const name = id.startsWith('lt-') ? { LaunchTemplateId: id } : { LaunchTemplateName: id };
  const answer = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ ...name, Versions: [version] }));
  const userData = answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData;
  if (userData === undefined) {
    throw new HoldfastError('not-found', `the launch template of ${group.name} has no user data`);
  }
  return readUserData(userData);
}
