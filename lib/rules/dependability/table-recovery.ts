import { everyReplicaHas, TABLE_TYPES } from '../parts/replicas';
import type { Rule } from '../rule';

/** A table can be restored to any second. */
export const tableRecovery: Rule = {
  id: 'TableRecovery',
  title: 'a table, and each replica of a global one, has point-in-time recovery',
  why: 'replicas copy a bad write to every Region within a second; only a restore to the second before undoes it',
  fix: 'set PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled to true, on each replica',
  source: 'Amazon DynamoDB, point-in-time recovery',
  types: TABLE_TYPES,
  evaluate: table => everyReplicaHas(table, 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled'),
};
