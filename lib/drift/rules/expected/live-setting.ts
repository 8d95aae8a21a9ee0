import type { DriftRule, Facts, Judged } from '../../classify/rule';
import { isObject, own, textOf } from '../../compare/values';
import { liveSettingsOf } from '../../facts';
import type { Difference, Json, ResourceChange } from '../../model';
import { at } from '../../paths';
import { isLive, numberOf } from '../values';

/** What a run-time owner may set, within the range that the template declares. */
export const liveSetting: DriftRule = {
  id: 'live-setting',
  class: 'expected',
  title: 'a live setting holds another value within its declared range',
  why: 'the value belongs to the run time: the template declares its range and never its value',
  fix: 'nothing; a value outside the range is drift',
  source: 'law 4',
  types: ['AWS::SSM::Parameter', 'AWS::AutoScaling::AutoScalingGroup'],
  judge: (change, { facts }) => {
    if (!isLive(change)) return undefined;
    return change.differences.flatMap((difference): Judged[] => {
      const range = rangeOf(change, difference, facts);
      if (range === undefined || !isWithin(difference.after, range) || isBelow(change, difference)) return [];
      return [{ holds: 'yes', paths: [difference.path] }];
    });
  },
};

/** A probe knows the floor itself: a smaller size than that is no setting of anybody's. */
const isBelow = ({ source }: ResourceChange, { path, before, after }: Difference): boolean =>
  source === 'probe' && path === 'Properties.MinSize' && numberOf(after) < numberOf(before);

/** The declared range of the setting that a difference is of. */
function rangeOf(change: ResourceChange, { path }: Difference, facts: Facts): Json | undefined {
  const settings = liveSettingsOf(facts, change.region);
  if (change.type === 'AWS::SSM::Parameter') {
    const name = change.physicalId ?? at(change.before ?? change.after, 'Properties.Name') ?? change.resource;
    return path === 'Properties.Value' ? settings.get(textOf(name)) : undefined;
  }
  // A floor is kept by the parameter `floor/<group>`, and the group's minimum follows it.
  if (path !== 'Properties.MinSize') return undefined;
  const group = textOf(
    change.physicalId ?? at(change.before, 'Properties.AutoScalingGroupName') ?? change.resource,
  );
  return [...settings].find(([name]) => name.endsWith(`/live/floor/${group}`))?.[1];
}

/** Whether a value lies in a declared range. A value that cannot be read does not. */
export function isWithin(value: Json | undefined, range: Json): boolean {
  if (own(range, 'kind') === 'oneOf') {
    const values = own(range, 'values');
    return Array.isArray(values) && values.includes(value);
  }
  const [minimum, maximum] = [numberOf(own(range, 'minimum')), numberOf(own(range, 'maximum'))];
  const inside = (each: Json) => numberOf(each) >= minimum && numberOf(each) <= maximum;
  if (own(range, 'kind') === 'number') return value !== undefined && inside(value);
  const weights = typeof value === 'string' ? parsed(value) : value;
  return own(range, 'kind') === 'weights' && isObject(weights) && Object.values(weights).every(inside);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
