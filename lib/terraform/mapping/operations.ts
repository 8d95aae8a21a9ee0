import { madeUpName, type ResourceMapping } from '../resource-mapping';
import { block, left, pairs, type Rules, same, TAGS } from '../rule';

const dimensions = pairs('dimensions', 'Name', 'Value');

const METRIC_STAT: Rules = {
  ...same('Period Stat Unit'),
  Metric: { argument: '', rules: { ...same('MetricName Namespace'), Dimensions: dimensions } },
};

/** Alarms and dashboards. */
export const OPERATIONS: Readonly<Record<string, ResourceMapping>> = {
  'AWS::CloudWatch::Alarm': {
    type: 'aws_cloudwatch_metric_alarm',
    ref: 'alarm_name',
    attributes: { Arn: 'arn' },
    properties: {
      ...same(
        'AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm EvaluationPeriods',
      ),
      ...same(
        'ExtendedStatistic InsufficientDataActions MetricName Namespace Period Statistic Threshold Unit',
      ),
      ...same('TreatMissingData'),
      OKActions: 'ok_actions',
      Dimensions: dimensions,
      Metrics: block('metric_query', {
        ...same('Expression Id Label ReturnData Period'),
        MetricStat: block('metric', METRIC_STAT),
      }),
      ...TAGS,
    },
    complete: (args, _properties, resource) => ({ alarm_name: madeUpName(resource), ...args }),
  },
  'AWS::CloudWatch::Dashboard': {
    type: 'aws_cloudwatch_dashboard',
    properties: {
      ...same('DashboardBody DashboardName'),
      Tags: left('Terraform has no argument for tags of a dashboard'),
    },
  },
};
