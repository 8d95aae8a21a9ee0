import type { DriftRule } from '../../classify/rule';
import { own } from '../../compare/values';
import { KEPT_BY_PLAN } from '../../terraform/drift';
import { atPaths } from '../values';

/** What a scaling policy moves within its bounds is where it should be. */
export const tfScaled: DriftRule = {
  id: 'tf-scaled',
  class: 'expected',
  title: 'a group has scaled within its bounds, and the plan leaves it so',
  why: 'the number is owned at run time and lies between the bounds that Terraform declares',
  fix: 'nothing',
  source: 'go-to-k/cdk-real-drift#688; law 4',
  types: ['aws_autoscaling_group'],
  judge: change => {
    if (change.reason !== KEPT_BY_PLAN) return undefined;
    const [least, most] = ['min_size', 'max_size'].map(name => own(change.after, name));
    return atPaths(
      change.differences.filter(
        ({ path, after }) =>
          path === 'desired_capacity' &&
          typeof after === 'number' &&
          typeof least === 'number' &&
          typeof most === 'number' &&
          least <= after &&
          after <= most,
      ),
    );
  },
};
