import { reasonOf } from '../account/unchecked';
import { isObject, own } from '../compare/values';
import { NOT_AS_STORED } from '../facts';
import type { Json } from '../model';
import type { Declared } from './live-stack';
import { changeOf, compared, type Looked, type Probe, type ProbeContext, uncheckedOf } from './probe';
import { settingsOf } from './settings';

const SIZES = ['MinSize', 'MaxSize', 'DesiredCapacity'] as const;

/** Sizes of an Auto Scaling group, the smallest against the stored floor. */
export const floors: Probe = {
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  async look(declared, context) {
    const { region, physicalId, properties } = declared;
    const live = await context.live.group(region, physicalId);
    const declaredSizes = SIZES.flatMap(name => {
      const value = own(properties, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const expected: Record<string, Json> = Object.fromEntries(declaredSizes);
    if (live === undefined) return gone(compared(declared, expected, undefined), declared, context);
    const stored = storedFloor(declared, context);
    // The controller raises the smallest size to the floor, and never above the largest.
    if (stored !== undefined) expected.MinSize = Math.min(stored, Number(own(live, 'MaxSize')));
    const found = compared(declared, expected, isObject(live) ? live : {});
    if (stored === undefined || Number(own(live, 'MinSize')) >= Number(expected.MinSize)) return found;
    return { ...found, changes: found.changes.map(change => ({ ...change, reason: NOT_AS_STORED })) };
  },
};

/** The stored floor of a group; nothing where nobody has raised one. */
function storedFloor({ region, stack, physicalId }: Declared, context: ProbeContext): number | undefined {
  const own = context.stacks.find(each => each.region === region && each.stack === stack);
  const name = (own === undefined ? [] : settingsOf(own)).find(each =>
    each.endsWith(`/live/floor/${physicalId}`),
  );
  const value = name === undefined ? undefined : context.settings(region, name)?.value;
  const floor = Number(value);
  return value === undefined || value.trim() === '' || Number.isNaN(floor) ? undefined : floor;
}

/** CodeDeploy's copy of a group, which takes its place, is told beside it. */
async function gone(found: Looked, declared: Declared, { live }: ProbeContext): Promise<Looked> {
  const { region, stack, type, physicalId } = declared;
  try {
    const copies = await live.groupNames(region, `CodeDeploy_${physicalId}_`);
    const changes = copies.map(name => {
      const place = { region, stack, resource: name, type, physicalId: name };
      return changeOf(place, undefined, { Properties: { AutoScalingGroupName: name } }, []);
    });
    return { ...found, changes: [...found.changes, ...changes] };
  } catch (error) {
    return { ...found, unchecked: [...found.unchecked, uncheckedOf(declared, reasonOf(error))] };
  }
}
