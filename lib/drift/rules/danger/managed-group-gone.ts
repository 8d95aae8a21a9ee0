import type { DriftRule } from '../../classify/rule';
import { textOf } from '../../compare/values';
import type { ResourceChange } from '../../model';
import { at } from '../../paths';
import { isLive } from '../values';

const nameOf = (change: ResourceChange): string =>
  textOf(
    change.physicalId ??
      at(change.before, 'Properties.AutoScalingGroupName') ??
      at(change.after, 'Properties.AutoScalingGroupName') ??
      change.resource,
  );

/** CodeDeploy's copy of a group takes its place and deletes the one that the stack knows. */
export const managedGroupGone: DriftRule = {
  id: 'managed-group-gone',
  class: 'danger',
  title: 'the managed group is gone, and one that looks like its copy stands in its place',
  why: 'CodeDeploy copied the group and deleted the original: the copy carries the traffic and belongs to no stack',
  fix: 'do not create the group anew beside the copy: import the copy, and deploy between two declared groups from now on',
  source: 'hashicorp/terraform-provider-aws#4678; aws-cloudformation/cloudformation-coverage-roadmap#2071',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  judge: (change, { all }) => {
    if (change.action !== 'delete' || !isLive(change)) return undefined;
    const copy = all.find(
      other =>
        other.type === change.type &&
        other.region === change.region &&
        isLive(other) &&
        nameOf(other).startsWith(`CodeDeploy_${nameOf(change)}_`),
    );
    return copy && { holds: 'yes', why: `managed group gone, look-alike found: ${nameOf(copy)}` };
  },
};
