import { gravest, type Judgement } from '../rule';
import type { Resource } from '../template';
import { asList } from '../value';

/** The types that hold records. */
export const RECORD_TYPES = ['AWS::Route53::RecordSet', 'AWS::Route53::RecordSetGroup'];

/** Paths of the records that a resource holds: a record set is one, a group has many. */
export function recordPaths(resource: Resource): readonly string[] {
  if (resource.type === 'AWS::Route53::RecordSet') return ['Properties'];
  return asList(resource.at('Properties.RecordSets')).map(
    (_record, index) => `Properties.RecordSets.${index}`,
  );
}

/** Judges each record of a record set or of a group of them. */
export const judgeRecords = (resource: Resource, judge: (path: string) => Judgement): Judgement =>
  gravest(recordPaths(resource).map(judge));
