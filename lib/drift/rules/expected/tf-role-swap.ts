import type { DriftRule } from '../../classify/rule';
import { isDrift, isEmpty } from '../tf-values';
import { atPaths } from '../values';

/** A failover turns source and copy round; the register says which Region is active. */
export const tfRoleSwap: DriftRule = {
  id: 'tf-role-swap',
  class: 'expected',
  title: 'source and copy have changed roles, as the register says',
  why: 'the register names the active Region: its cluster has no source, and those of the others have one',
  fix: 'nothing; put replication_source_identifier under ignore_changes, so that no plan turns it back',
  source: 'law 1; hashicorp/terraform-provider-aws#43214',
  types: ['aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'],
  judge: (change, { facts }) => {
    if (!isDrift(change) || facts.register === undefined || change.region === '-') return undefined;
    const active = facts.register.region === change.region;
    return atPaths(
      change.differences.filter(
        ({ path, before, after }) =>
          path === 'replication_source_identifier' && isEmpty(after) === active && isEmpty(before) !== active,
      ),
    );
  },
};
