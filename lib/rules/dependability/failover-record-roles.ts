import { judgeRecords, RECORD_TYPES, recordPaths } from '../parts/records';
import { writtenAt } from '../parts/written';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource } from '../template';
import { isHidden } from '../value';

/** A name has one PRIMARY and one SECONDARY. */
export const failoverRecordRoles: Rule = {
  id: 'FailoverRecordRoles',
  title: 'no two failover records of one name and type have the same role',
  why: 'Route 53 takes one PRIMARY and one SECONDARY a name; the second of a kind is refused, and swapping the two is as well',
  fix: 'give each role to one record for life, and nest names for more than two Regions',
  source: 'boto/boto3 #1347; terraform-provider-aws #7199',
  types: RECORD_TYPES,
  evaluate: (resource, template) =>
    judgeRecords(resource, path => {
      const role = resource.at(`${path}.Failover`);
      if (role === undefined) return NOT_APPLICABLE;
      if (isHidden(role)) return unknown(`${path}.Failover`);
      const own = keyOf(resource, path);
      const holders = RECORD_TYPES.flatMap(type => template.ofType(type)).flatMap(other =>
        recordPaths(other).filter(at => keyOf(other, at) === own),
      );
      return holders.length > 1 ? broken(`${path}.Failover`) : COMPLIANT;
    }),
};

const keyOf = (resource: Resource, path: string): string =>
  ['Failover', 'Name', 'Type', 'HostedZoneId', 'HostedZoneName']
    .map(name => writtenAt(resource, `${path}.${name}`))
    .join('\n');
