import { judgeRecords, RECORD_TYPES } from '../parts/records';
import { COMPLIANT, NOT_APPLICABLE, type Rule, whether } from '../rule';
import { isTrue } from '../value';

/** A failover record has one signal, not two. */
export const recordSingleSignal: Rule = {
  id: 'RecordSingleSignal',
  title: 'a failover record with a health check does not evaluate its alias target too',
  why: 'both must then be healthy, so the deep health of the targets turns DNS with nobody deciding, and turns it back from a Region that was just moved to',
  fix: 'set EvaluateTargetHealth to false and let the health check decide alone',
  source: 'how traffic turns (design); AWS, creating disaster recovery mechanisms using Route 53',
  types: RECORD_TYPES,
  evaluate: resource =>
    judgeRecords(resource, path => {
      const alias = `${path}.AliasTarget`;
      if (resource.at(`${path}.Failover`) === undefined || resource.at(alias) === undefined)
        return NOT_APPLICABLE;
      if (resource.at(`${path}.HealthCheckId`) === undefined) return COMPLIANT;
      return whether(resource, `${alias}.EvaluateTargetHealth`, value => !isTrue(value));
    }),
};
