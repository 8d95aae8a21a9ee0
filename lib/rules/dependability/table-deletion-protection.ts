import { everyReplicaHas, TABLE_TYPES } from '../parts/replicas';
import type { Rule } from '../rule';

/** A table cannot be deleted by one call. */
export const tableDeletionProtection: Rule = {
  id: 'TableDeletionProtection',
  title: 'a table, and each replica of a global one, is protected from deletion',
  why: 'removing or re-deploying the stack that owns a global table has deleted replicas with their data',
  fix: 'set DeletionProtectionEnabled to true, on each replica',
  source: 'aws-cdk #17011; terraform-provider-aws #38968',
  types: TABLE_TYPES,
  evaluate: table => everyReplicaHas(table, 'DeletionProtectionEnabled'),
};
