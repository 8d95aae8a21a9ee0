import type { DriftRule, Judged } from '../../classify/rule';
import { at } from '../../paths';
import { carriesRole } from '../expected/mapping-role';
import { isLive, isTrue } from '../values';

/** Whoever works a queue or a stream is fed by its mapping alone. */
export const consumerAgainstRole: DriftRule = {
  id: 'consumer-against-role',
  class: 'danger',
  title: 'an event-source mapping is off or gone, or on where it must not be',
  why: 'nothing feeds the function: what comes in waits until it expires, and nobody sees an error',
  fix: 'put the mapping back as its template and the role of its Region have it',
  source: 'aws-cloudformation/cloudformation-coverage-roadmap#2260; law 6',
  types: ['AWS::Lambda::EventSourceMapping'],
  judge: (change, { facts }): Judged | undefined => {
    if (!isLive(change)) return undefined;
    if (change.action === 'delete')
      return { holds: 'yes', why: 'the mapping is gone: nothing feeds its function' };
    const path = 'Properties.Enabled';
    if (!change.differences.some(each => each.path === path)) return undefined;
    // Whether the role explains it is then unknown, and told as that.
    if (facts.register === undefined && carriesRole(change, facts)) return undefined;
    const isOn = isTrue(at(change.after, path));
    return { holds: 'yes', paths: [path], ...(isOn ? { why: ON } : {}) };
  },
};

const ON =
  'it feeds its function where its template and the register have it off: two Regions may work the same';
