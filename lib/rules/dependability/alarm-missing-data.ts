import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource } from '../template';
import { asList, isHidden, type Value } from '../value';

/** Metrics that say that something lives; when it dies they often stop instead of falling. */
const LIVENESS = new Set([
  ...['HealthyHostCount', 'HealthCheckStatus', 'HealthCheckPercentageHealthy', 'SuccessPercent'],
  ...['GroupInServiceInstances', 'RunningTaskCount', 'HealthyTaskCount'],
]);
const PATH = 'Properties.TreatMissingData';

/** Silence is not health. */
export const alarmMissingData: Rule = {
  id: 'AlarmMissingData',
  title: 'an alarm on a sign of life does not take silence for health',
  why: 'what is dead reports nothing: an alarm that takes missing data as good, or keeps its last state, stays green through the outage',
  fix: 'set TreatMissingData to breaching',
  source: 'law 7; Amazon CloudWatch, configuring how alarms treat missing data',
  types: ['AWS::CloudWatch::Alarm'],
  evaluate: alarm => {
    const comparison = alarm.at('Properties.ComparisonOperator');
    const watchesLife = metricsOf(alarm).some(name => typeof name === 'string' && LIVENESS.has(name));
    if (!watchesLife || (typeof comparison === 'string' && !comparison.startsWith('LessThan'))) {
      return NOT_APPLICABLE;
    }
    const missing = alarm.at(PATH);
    if (isHidden(missing) || isHidden(comparison)) return unknown(PATH);
    // Missing data alone leads to INSUFFICIENT_DATA, which is neither state and can be seen.
    return missing === 'notBreaching' || missing === 'ignore' ? broken(PATH) : COMPLIANT;
  },
};

function metricsOf(alarm: Resource): readonly Value[] {
  const queries = asList(alarm.at('Properties.Metrics')).map((_query, index) =>
    alarm.at(`Properties.Metrics.${index}.MetricStat.Metric.MetricName`),
  );
  return [alarm.at('Properties.MetricName'), ...queries];
}
