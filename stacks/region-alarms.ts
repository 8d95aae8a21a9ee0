import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { COLOURS } from '../lib/naming';
import { leftAfterZoneLoss, regionCapacity } from '../regions';
import type { OperationsStackProps } from './operations-stack';
import { homeId } from './region-context';
import { addServiceAlarms } from './service-alarms';

/** Adds the alarms of a Region; each tells the Region's topic. A Region watches itself: alarms cannot look across. */
export function addAlarms(scope: Construct, props: OperationsStackProps): void {
  const { topology, region } = props.context;
  const capacity = regionCapacity(topology, region);
  const add = (id: string, metric: IMetric, options: CreateAlarmOptions): void => {
    const alarm = new Alarm(scope, id, { metric, ...options });
    alarm.addAlarmAction(new SnsAction(props.alarmTopic));
  };
  for (const { context: home, database } of props.data) {
    add(
      homeId('ReplicationLag', home.topology),
      database.metricReplicationLag({ period: Duration.minutes(1) }),
      {
        alarmDescription: `A failover to this Region would lose more than ${topology.objectives.rpoSeconds} s of writes`,
        threshold: topology.objectives.rpoSeconds * 1000,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        // The writer has no lag; elsewhere no data is no knowledge, and preflight reads it as unknown.
        treatMissingData: TreatMissingData.MISSING,
      },
    );
  }
  const healthy = healthyClones(props);
  add('DeepHealth', healthy, {
    alarmDescription: 'No clone of this Region answers',
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.BREACHING,
  });
  add('PromisedCapacity', healthy, {
    alarmDescription:
      'This Region has fewer clones than its share of the peak needs, even without another loss',
    threshold: leftAfterZoneLoss(capacity.minimumClones, region.zones.length),
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 5,
    treatMissingData: TreatMissingData.BREACHING,
  });
  for (const { context: home, gate } of props.gates) {
    add(homeId('GateErrors', home.topology), gate.metricErrors(), {
      alarmDescription: 'The gate fails, and its checkers take that for "not active"',
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
  add('LiveSettingsErrors', props.service.liveSettings.metricErrors(), {
    alarmDescription: 'Weights or floors that a deploy has reset may not have been put back',
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  add('CacheMemory', props.cache.metricMemoryUsage({ period: Duration.minutes(1) }), {
    alarmDescription: 'The cache is about to evict what is in use',
    threshold: 90,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 5,
    treatMissingData: TreatMissingData.MISSING,
  });
  addServiceAlarms(props.context, add);
}

/** Healthy clones of both colours; a colour without clones has no data and counts as none. */
export function healthyClones({ service }: OperationsStackProps): MathExpression {
  return new MathExpression({
    expression: COLOURS.map(colour => `FILL(${colour}, 0)`).join(' + '),
    label: 'Healthy clones',
    period: Duration.minutes(1),
    usingMetrics: Object.fromEntries(
      COLOURS.map(colour => [colour, service.balancer.metricHealthyClones(colour, { statistic: 'Minimum' })]),
    ),
  });
}
