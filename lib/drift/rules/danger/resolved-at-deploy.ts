import type { DriftRule, Judged } from '../../classify/rule';

/** What is read at deploy may be another value than last time, with the same template. */
export const resolvedAtDeploy: DriftRule = {
  id: 'resolved-at-deploy',
  class: 'danger',
  title: 'a value is read at deploy, and may be another than last time',
  why: 'the value is resolved at deploy, so equal templates can still change it',
  fix: 'compare a change set, which has the value; or pin the version of the parameter',
  source: 'aws/aws-cdk-cli#641; aws/aws-cdk#7273',
  judge: change =>
    change.differences
      .filter(({ unknownAfter, after }) => unknownAfter === true && after === undefined)
      .map(({ path, replaces, because }): Judged => {
        const effect =
          path === 'Condition'
            ? 'it may be made or deleted'
            : replaces === 'yes'
              ? 'another value replaces the resource'
              : replaces === 'perhaps'
                ? 'another value may replace the resource'
                : 'another value updates the resource';
        const cause = because === undefined ? 'resolved at deploy' : because;
        return { holds: 'perhaps', paths: [path], why: `${cause}, cannot tell: ${effect}` };
      }),
};
