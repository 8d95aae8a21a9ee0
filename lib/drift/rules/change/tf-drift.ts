import type { DriftRule } from '../../classify/rule';
import { REVERTED_BY_PLAN } from '../../terraform/drift';
import { dangersOf } from '../tf-dangers';
import { isDrift } from '../tf-values';

/** What somebody changed by hand is told, and what the plan does about it. */
export const tfDrift: DriftRule = {
  id: 'tf-drift',
  class: 'change',
  title: 'something was changed outside Terraform',
  why: 'the live value is not the one that Terraform wrote',
  fix: 'take the value into the configuration, or put it back by a plan',
  source: 'Terraform, refresh-only mode',
  judge: (change, context) => {
    if (!isDrift(change)) return undefined;
    const dangers = dangersOf(change, context);
    if (dangers.some(each => each.paths === undefined)) return undefined;
    const told = dangers.flatMap(each => each.paths ?? []);
    if (change.action === 'delete')
      return {
        holds: 'yes',
        why: 'it was deleted outside Terraform',
        fix: 'find out why before it is made anew',
      };
    const paths = change.differences.map(({ path }) => path).filter(path => !told.includes(path));
    if (paths.length === 0) return undefined;
    return change.reason === REVERTED_BY_PLAN
      ? {
          holds: 'yes',
          paths,
          why: 'it was changed outside Terraform; the plan puts it back',
          fix: 'apply the plan, or take the value into the configuration',
        }
      : { holds: 'yes', paths };
  },
};
