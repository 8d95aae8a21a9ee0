import type { CapacityGroup } from '../../ports';
import { type StepAction, waiting } from './action';

/** Raises the floors of the plan; a floor that is high enough is left alone. */
export const raiseCapacity: StepAction = {
  async examine(run) {
    const groups = await run.context.cloud.capacity(run.plan.to);
    const low = run.plan.capacity.filter(target => groupOf(groups, target.group).minimum < target.minimum);
    if (low.length === 0) return 'done';
    return waiting(run, `floor of ${low.map(target => target.group).join(', ')} is below the plan`);
  },
  async perform(run) {
    const { cloud } = run.context;
    const groups = await cloud.capacity(run.plan.to);
    for (const target of run.plan.capacity) {
      if (groupOf(groups, target.group).minimum < target.minimum) {
        await cloud.raiseFloor(run.plan.to, target.group, target.minimum);
      }
    }
  },
};

/** Waits for the instances of the plan and, for clones, for their health at the balancer. */
export const waitCapacity: StepAction = {
  async examine(run) {
    const groups = await run.context.cloud.capacity(run.plan.to);
    for (const target of run.plan.capacity) {
      const count = able(groupOf(groups, target.group));
      if (count < target.minimum) {
        return waiting(
          run,
          `${target.group} has ${count} of ${target.minimum} instances in service and healthy`,
        );
      }
    }
    return 'done';
  },
};

function groupOf(groups: readonly CapacityGroup[], name: string): CapacityGroup {
  const gone: CapacityGroup = { name, kind: 'clones', minimum: 0, desired: 0, maximum: 0, inService: 0 };
  return groups.find(group => group.name === name) ?? gone;
}

/** Instances of a group that can serve: in service and, for clones, healthy at the balancer. */
export const able = (group: CapacityGroup): number =>
  Math.min(group.inService, group.targets?.healthy ?? group.inService);
