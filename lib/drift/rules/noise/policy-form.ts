import { type DriftRule, type Judged, under } from '../../classify/rule';
import { broadening } from '../../iam/broadening';
import { documentsOf, tokensOf } from '../../iam/documents';

/** Two forms of one policy are one policy. */
export const policyForm: DriftRule = {
  id: 'policy-form',
  class: 'noise',
  title: 'a policy is written otherwise and means the same',
  why: 'orders, names of statements, single values and lists, and wildcards that match the same are forms: the same requests come through',
  fix: 'nothing',
  source: 'aws/aws-cdk#32482; AWS IAM, policy evaluation logic',
  judge: (change, { facts }) => {
    const tokens = tokensOf(change, facts);
    return documentsOf(change).flatMap(({ path, before, after }): Judged[] => {
      // Another version of the language reads variables otherwise.
      const paths = under(change, path)
        .map(each => each.path)
        .filter(each => each !== `${path}.Version`);
      if (before === undefined || after === undefined || paths.length === 0) return [];
      const same =
        broadening(before, after, tokens).verdict === 'no' &&
        broadening(after, before, tokens).verdict === 'no';
      return same ? [{ holds: 'yes', paths }] : [];
    });
  },
};
