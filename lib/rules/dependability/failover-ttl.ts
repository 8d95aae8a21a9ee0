import { judgeRecords, RECORD_TYPES } from '../parts/records';
import { NOT_APPLICABLE, type Rule, whether } from '../rule';
import { asNumber } from '../value';

const LONGEST_SECONDS = 60;

/** Clients ask for a failover record anew within a minute. */
export const failoverTtl: Rule = {
  id: 'FailoverTtl',
  title: 'a failover record lives at most 60 seconds in caches',
  why: 'a move takes detection plus the TTL; the 1800 s that the CDK gives a record by default keep clients in the lost Region for half an hour',
  fix: 'set TTL to 60 or less',
  source: 'law 5; Route 53, how Route 53 determines the status of health checks; keycloak-benchmark #445',
  types: RECORD_TYPES,
  evaluate: resource =>
    judgeRecords(resource, path =>
      resource.at(`${path}.Failover`) === undefined || resource.at(`${path}.AliasTarget`) !== undefined
        ? NOT_APPLICABLE
        : whether(resource, `${path}.TTL`, ttl => asNumber(ttl) <= LONGEST_SECONDS),
    ),
};
