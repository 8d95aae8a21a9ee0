import type { DriftRule } from '../../classify/rule';
import { own } from '../../compare/values';
import { listOf } from '../values';

/** Terraform warns of it and goes on. */
export const tfCheckFailed: DriftRule = {
  id: 'tf-check-failed',
  class: 'change',
  title: 'a check, a precondition or a postcondition does not hold',
  why: 'what its authors demand of the world is not so',
  fix: 'read the condition, and mend what it looks at before the plan is applied',
  source: 'Terraform, checks; JSON output format, checks representation',
  types: ['check'],
  judge: ({ source, differences }) => {
    if (source !== 'terraform') return undefined;
    const problems = differences.flatMap(({ after }) => listOf(own(after, 'problems'))).map(String);
    const said = problems.length === 0 ? {} : { why: problems.join('; ').slice(0, 500) };
    return { holds: 'yes', paths: differences.map(({ path }) => path), ...said };
  },
};
