import type { DriftRule } from '../../classify/rule';
import { own } from '../../compare/values';
import { nameOf } from '../../paths';
import { isEmpty, isTerraform } from '../tf-values';
import { atPaths } from '../values';

const OWNED = new Set([
  ...['node_type', 'engine', 'engine_version', 'automatic_failover_enabled', 'num_node_groups'],
  ...['parameter_group_name', 'transit_encryption_enabled', 'at_rest_encryption_enabled', 'multi_az_enabled'],
]);

/** Members of a global datastore follow it. */
export const tfGlobalParent: DriftRule = {
  id: 'tf-global-parent',
  class: 'noise',
  title: 'a member of a global datastore differs in what the datastore decides',
  why: 'the API refuses such a change on a member: it comes through the global group alone',
  fix: 'change the global group; leave these values out of its members or under ignore_changes',
  source: 'terraform-aws-modules/terraform-aws-elasticache#7; hashicorp/terraform-provider-aws#47647',
  types: ['aws_elasticache_replication_group'],
  judge: change => {
    const member = [change.before, change.after].every(
      each => !isEmpty(own(each, 'global_replication_group_id')),
    );
    return isTerraform(change) && member
      ? atPaths(change.differences.filter(({ path }) => OWNED.has(nameOf(path))))
      : undefined;
  },
};
