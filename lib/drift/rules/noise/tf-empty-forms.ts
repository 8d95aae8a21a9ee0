import type { DriftRule } from '../../classify/rule';
import { isEmpty, isTerraform } from '../tf-values';
import { atPaths } from '../values';

/** Providers write nothing in four ways. */
export const tfEmptyForms: DriftRule = {
  id: 'tf-empty-forms',
  class: 'noise',
  title: 'nothing is written in another form',
  why: 'null, an empty text, an empty list and an empty object are the same nothing to the provider',
  fix: 'nothing; set the value in the form that the provider reads back to be rid of it',
  source: 'hashicorp/terraform-provider-awscc#2993; hashicorp/terraform-provider-aws#21894',
  // A form that replaces the resource is no noise: the classifier leaves what is in replace_paths to other rules.
  judge: change =>
    isTerraform(change)
      ? atPaths(
          change.differences.filter(
            ({ before, after, unknownAfter }) => unknownAfter !== true && isEmpty(before) && isEmpty(after),
          ),
        )
      : undefined,
};
