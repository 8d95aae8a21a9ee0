import { absent, NOT_APPLICABLE, type Rule, whether } from '../rule';
import { asNumber } from '../value';

const SHORTEST_DAYS = 7;

/** Databases can be restored to a time before the mistake was made. */
export const databaseBackups: Rule = {
  id: 'DatabaseBackups',
  title: 'a database keeps automatic backups for at least a week',
  why: 'replicas copy a bad write to every Region within a second; only a backup from before it can undo it, and one day is shorter than a weekend',
  fix: 'set BackupRetentionPeriod to 7 days or more',
  source: 'Amazon Aurora, backup retention (default 1 day)',
  types: ['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'AWS::DocDB::DBCluster', 'AWS::Neptune::DBCluster'],
  evaluate: database => {
    const copies = ['DBClusterIdentifier', 'SourceDBInstanceIdentifier'];
    const isCopy =
      database.type === 'AWS::RDS::DBInstance' &&
      copies.some(name => absent(database, `Properties.${name}`).state === 'broken');
    return isCopy
      ? NOT_APPLICABLE
      : whether(database, 'Properties.BackupRetentionPeriod', days => asNumber(days) >= SHORTEST_DAYS);
  },
};
