import type { DriftRule } from '../../classify/rule';
import { isTerraform } from '../tf-values';
import { atPaths } from '../values';

/** The provider computes it from `tags` and its own defaults. */
export const tfTagsAll: DriftRule = {
  id: 'tf-tags-all',
  class: 'noise',
  title: 'only the computed tags change',
  why: 'tags_all is computed from the tags and the default tags of the provider; what is set stands in tags',
  fix: 'nothing',
  source: 'hashicorp/terraform-provider-aws#18311',
  types: ['aws_*'],
  judge: change =>
    isTerraform(change)
      ? atPaths(change.differences.filter(({ path }) => /^tags_all(?:[.[]|$)/.test(path)))
      : undefined,
};
