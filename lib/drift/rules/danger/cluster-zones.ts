import { type DriftRule, under } from '../../classify/rule';
import { atPaths } from '../values';

/** Aurora stores three zones whatever it is given. */
export const clusterZones: DriftRule = {
  id: 'cluster-zones',
  class: 'danger',
  title: 'the zones of a cluster differ from what the service keeps',
  why: 'Aurora stores in three zones whatever the template names, and a change of the list replaces the cluster: each deploy would',
  fix: 'leave AvailabilityZones out of the cluster; its subnet group decides',
  source: 'terraform-aws-modules/terraform-aws-rds-aurora#371; hashicorp/terraform-provider-aws#29149',
  types: ['AWS::RDS::DBCluster', 'AWS::DocDB::DBCluster', 'AWS::Neptune::DBCluster'],
  judge: change => atPaths(under(change, 'Properties.AvailabilityZones')),
};
