import type { DriftRule } from '../../classify/rule';
import { NOT_AS_STORED } from '../../facts';
import { atPaths } from '../values';

/** A live setting has one owner, and what carries it follows. */
export const settingNotKept: DriftRule = {
  id: 'setting-not-kept',
  class: 'change',
  title: 'what carries a live setting has another value than the stored one',
  why: 'the owner has stored another value: somebody has set this one by hand, or a deploy has, and nothing has put it back',
  fix: 'see whether the controller of the Region runs, which puts the stored value back; or store the value that is meant',
  source: 'law 4; aws/aws-cdk#36649',
  types: [
    ...['AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::ListenerRule'],
    'AWS::AutoScaling::AutoScalingGroup',
  ],
  judge: change =>
    change.reason === NOT_AS_STORED
      ? atPaths(
          change.differences.filter(({ path }) => !/Size$|Capacity$/.test(path) || path.endsWith('MinSize')),
        )
      : undefined,
};
