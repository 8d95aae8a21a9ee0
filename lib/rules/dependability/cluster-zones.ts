import { absent, type Rule } from '../rule';

/** Aurora picks its zones itself. */
export const clusterZones: Rule = {
  id: 'ClusterZones',
  title: 'an Aurora cluster names no zones',
  why: 'Aurora stores over three zones whatever is written; a list of fewer differs from what is, and any change to it replaces the cluster with its data',
  fix: 'remove AvailabilityZones; the subnet group has the zones',
  source:
    'terraform-aws-rds-aurora #371; AWS::RDS::DBCluster, AvailabilityZones (update requires replacement)',
  types: ['AWS::RDS::DBCluster'],
  evaluate: cluster => absent(cluster, 'Properties.AvailabilityZones'),
};
