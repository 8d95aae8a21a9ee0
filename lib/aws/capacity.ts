import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { HoldfastError } from '../errors';
import { COLOURS, cloneGroupName, targetGroupName, workerGroupName } from '../naming';
import type { CapacityGroup } from '../ports';
import { ask, type Connection } from './clients';
import { type TargetGroupState, targetGroups } from './target-groups';

/** Groups of clones and workers of a Region, with target health and weight where they can be read. */
export async function capacity(
  connection: Connection,
  application: string,
  region: string,
): Promise<readonly CapacityGroup[]> {
  const clones = new Map(
    COLOURS.map(colour => [cloneGroupName(application, colour), targetGroupName(application, colour)]),
  );
  const [groups, targets] = await Promise.all([
    describe(connection, region, [...clones.keys(), workerGroupName(application)]),
    targetGroups(connection, application, region),
  ]);
  return groups.map(group => {
    const targetGroup = clones.get(group.AutoScalingGroupName ?? '');
    return targetGroup === undefined
      ? toGroup(group, 'workers')
      : toGroup(group, 'clones', targets.get(targetGroup));
  });
}

/**
 * Raises a group's minimum, and its desired capacity where that is lower; lowers nothing.
 * @throws HoldfastError `refused` when the maximum is below the floor, `not-found` without such a group
 */
export async function raiseFloor(
  connection: Connection,
  region: string,
  floor: { readonly group: string; readonly minimum: number },
): Promise<void> {
  const [group] = await describe(connection, region, [floor.group]);
  if (group === undefined)
    throw new HoldfastError('not-found', `no Auto Scaling group ${floor.group} in ${region}`);
  if ((group.MaxSize ?? 0) < floor.minimum) {
    throw new HoldfastError(
      'refused',
      `${floor.group} may not grow to ${floor.minimum}: its maximum is ${group.MaxSize}`,
    );
  }
  if ((group.MinSize ?? 0) >= floor.minimum) return;
  await ask(`raising the floor of ${floor.group} in ${region}`, () =>
    connection.client(AutoScalingClient, region).send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: floor.group,
        MinSize: floor.minimum,
        ...((group.DesiredCapacity ?? 0) < floor.minimum ? { DesiredCapacity: floor.minimum } : {}),
      }),
    ),
  );
}

async function describe(
  connection: Connection,
  region: string,
  names: readonly string[],
): Promise<readonly AutoScalingGroup[]> {
  const answer = await ask(`describing Auto Scaling groups in ${region}`, () =>
    connection
      .client(AutoScalingClient, region)
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...names] })),
  );
  return answer.AutoScalingGroups ?? [];
}

function toGroup(
  group: AutoScalingGroup,
  kind: CapacityGroup['kind'],
  targets?: TargetGroupState,
): CapacityGroup {
  const instances = group.Instances ?? [];
  return {
    name: group.AutoScalingGroupName ?? '',
    kind,
    minimum: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    maximum: group.MaxSize ?? 0,
    inService: instances.filter(instance => instance.LifecycleState === 'InService').length,
    weight: targets?.weight,
    targets: targets === undefined ? undefined : { healthy: targets.healthy, total: targets.total },
  };
}
