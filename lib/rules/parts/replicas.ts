import { gravest, type Judgement, unknown, whether } from '../rule';
import type { Resource } from '../template';
import { asList, isHidden, isTrue } from '../value';

/** DynamoDB tables, both kinds. */
export const TABLE_TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/** Judges a switch that a table has itself, and a global table once for each replica. */
export function everyReplicaHas(table: Resource, path: string): Judgement {
  if (table.type === 'AWS::DynamoDB::Table') return whether(table, `Properties.${path}`, isTrue);
  const replicas = table.at('Properties.Replicas');
  if (isHidden(replicas)) return unknown('Properties.Replicas');
  return gravest(
    asList(replicas).map((_replica, index) => whether(table, `Properties.Replicas.${index}.${path}`, isTrue)),
  );
}
