import { NOT_APPLICABLE, type Rule, whether } from '../rule';
import { isTrue } from '../value';

/** Databases cannot be deleted by one call. */
export const databaseDeletionProtection: Rule = {
  id: 'DatabaseDeletionProtection',
  title: 'a database and its global cluster are protected from deletion',
  why: 'a stack that is deleted, or whose resource is renamed, takes the database with it',
  fix: 'set DeletionProtection to true on the cluster, on the global cluster and on instances without a cluster',
  source: 'cloudposse/terraform-aws-rds-cluster #281; Amazon Aurora, deletion protection',
  types: [
    'AWS::RDS::DBCluster',
    'AWS::RDS::DBInstance',
    'AWS::RDS::GlobalCluster',
    'AWS::DocDB::DBCluster',
    'AWS::Neptune::DBCluster',
  ],
  evaluate: database =>
    database.type === 'AWS::RDS::DBInstance' && database.at('Properties.DBClusterIdentifier') !== undefined
      ? NOT_APPLICABLE
      : whether(database, 'Properties.DeletionProtection', isTrue),
};
