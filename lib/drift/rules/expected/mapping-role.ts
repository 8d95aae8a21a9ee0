import type { DriftRule, Facts, Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { at } from '../../paths';
import { isLive, isTrue } from '../values';

const ENABLED = 'Properties.Enabled';

/**
 * Whether a mapping carries the role of its Region: templates of two Regions declare the same one, in one of them
 * enabled and in the other not.
 */
export function carriesRole({ region, stack, resource }: ResourceChange, facts: Facts): boolean {
  const declared = (template: Json | undefined) => {
    const properties = own(own(own(template, 'Resources'), resource), 'Properties');
    return properties === undefined ? undefined : isTrue(own(properties, 'Enabled') ?? true);
  };
  const all = (facts.templates ?? []).filter(each => each.stack === stack);
  const ours = declared(all.find(each => each.region === region)?.before);
  return ours !== undefined && all.some(each => each.region !== region && declared(each.before) === !ours);
}

/** After a failover the Regions' mappings have changed places, and the register says so. */
export const mappingRole: DriftRule = {
  id: 'mapping-role',
  class: 'expected',
  title: 'an event-source mapping is on in the active Region and off in the others, as the register says',
  why: 'the templates give it the role of its Region at birth; a failover moved the role, and the epoch explains it',
  fix: 'nothing; fail back by a drill, never by a deploy',
  source: 'law 6; law 1; AWS Application Recovery Controller, Lambda event source mapping block',
  types: ['AWS::Lambda::EventSourceMapping'],
  judge: (change, { facts }): Judged | undefined => {
    if (!isLive(change) || change.action !== 'update' || !carriesRole(change, facts)) return undefined;
    if (!change.differences.some(({ path }) => path === ENABLED)) return undefined;
    const active = facts.register?.region;
    if (active === undefined) {
      const why = 'whether a failover turned the mapping cannot be told without the register';
      return { holds: 'perhaps', paths: [ENABLED], why, fix: 'let the run read the register' };
    }
    const isOn = isTrue(at(change.after, ENABLED));
    return isOn === (active === change.region) ? { holds: 'yes', paths: [ENABLED] } : undefined;
  },
};
