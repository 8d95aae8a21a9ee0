import { madeUpName, type ResourceMapping } from '../resource-mapping';
import { block, left, number, pairs, type Rules, type Split, same, TAGS } from '../rule';
import { isRecord, ZippedText } from '../term';

const dimensions = pairs('dimensions', 'Name', 'Value');

const METRIC_STAT: Rules = {
  ...same('Period Stat Unit'),
  Metric: { argument: '', rules: { ...same('MetricName Namespace'), Dimensions: dimensions } },
};

/** CloudFormation takes the script of a canary as text; Terraform takes a zip in the layout that Synthetics reads. */
const script: Split = {
  split: (value, unmapped) => {
    const { Handler, Script, ...others } = isRecord(value) ? value : {};
    for (const [name, other] of Object.entries(others)) unmapped(name, other);
    if (typeof Script !== 'string' || typeof Handler !== 'string') {
      unmapped('Script', value);
      return {};
    }
    const file = `nodejs/node_modules/${Handler.split('.')[0]}.js`;
    return { handler: Handler, zip_file: new ZippedText({ [file]: Script }) };
  },
};

/** Alarms, dashboards, and canaries. */
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
  'AWS::CloudWatch::CompositeAlarm': {
    type: 'aws_cloudwatch_composite_alarm',
    ref: 'alarm_name',
    attributes: { Arn: 'arn' },
    properties: { ...same('AlarmActions AlarmDescription AlarmName AlarmRule'), ...TAGS },
  },
  'AWS::Synthetics::Canary': {
    type: 'aws_synthetics_canary',
    ref: 'name',
    properties: {
      ...same('ExecutionRoleArn FailureRetentionPeriod Name RuntimeVersion SuccessRetentionPeriod'),
      ArtifactS3Location: 'artifact_s3_location',
      Code: script,
      ProvisionedResourceCleanup: { argument: 'delete_lambda', convert: value => value === 'AUTOMATIC' },
      RunConfig: block('run_config', same('EnvironmentVariables MemoryInMB TimeoutInSeconds')),
      Schedule: block('schedule', {
        ...same('Expression'),
        DurationInSeconds: number('duration_in_seconds'),
      }),
      StartCanaryAfterCreation: 'start_canary',
      ...TAGS,
    },
  },
  'AWS::CloudWatch::Dashboard': {
    type: 'aws_cloudwatch_dashboard',
    properties: {
      ...same('DashboardBody DashboardName'),
      Tags: left('Terraform has no argument for tags of a dashboard'),
    },
  },
};
