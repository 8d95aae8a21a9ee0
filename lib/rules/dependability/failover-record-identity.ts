import { judgeRecords, RECORD_TYPES } from '../parts/records';
import { absent, gravest, NOT_APPLICABLE, present, type Rule } from '../rule';

const OTHER_POLICIES = [
  'Weight',
  'Region',
  'GeoLocation',
  'GeoProximityLocation',
  'CidrRoutingConfig',
  'MultiValueAnswer',
];

/** A failover record tells itself apart and has no other routing policy. */
export const failoverRecordIdentity: Rule = {
  id: 'FailoverRecordIdentity',
  title: 'a failover record has a set identifier and no second routing policy',
  why: 'Route 53 refuses either at deploy, when the other Region already depends on the record',
  fix: 'set SetIdentifier, to a name that never changes, and remove weight, latency and geography',
  source: 'Route 53, AWS::Route53::RecordSet; hashicorp/terraform #3985',
  types: RECORD_TYPES,
  evaluate: resource =>
    judgeRecords(resource, path =>
      resource.at(`${path}.Failover`) === undefined
        ? NOT_APPLICABLE
        : gravest([
            present(resource, `${path}.SetIdentifier`),
            ...OTHER_POLICIES.map(name => absent(resource, `${path}.${name}`)),
          ]),
    ),
};
