import { judgeRecords, RECORD_TYPES } from '../parts/records';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { isHidden, isTrue, PERHAPS_ABSENT } from '../value';

/** A PRIMARY record can become unhealthy. */
export const primaryRecordSignal: Rule = {
  id: 'PrimaryRecordSignal',
  title: 'a PRIMARY failover record has a health check or evaluates its target',
  why: 'a record without a signal is always healthy: it never fails over, whatever happens to its Region',
  fix: 'set HealthCheckId, to a check that turns without anybody changing a record',
  source: 'Route 53, configuring failover; kubernetes-sigs/external-dns #2362',
  types: RECORD_TYPES,
  evaluate: resource =>
    judgeRecords(resource, path => {
      const role = resource.at(`${path}.Failover`);
      if (role === undefined) return NOT_APPLICABLE;
      if (isHidden(role)) return unknown(`${path}.Failover`);
      if (role !== 'PRIMARY') return NOT_APPLICABLE;
      const check = resource.at(`${path}.HealthCheckId`);
      const evaluates = resource.at(`${path}.AliasTarget.EvaluateTargetHealth`);
      if (isTrue(evaluates) || (check !== undefined && check !== PERHAPS_ABSENT)) return COMPLIANT;
      return check === PERHAPS_ABSENT || isHidden(evaluates)
        ? unknown(`${path}.HealthCheckId`)
        : broken(`${path}.HealthCheckId`);
    }),
};
