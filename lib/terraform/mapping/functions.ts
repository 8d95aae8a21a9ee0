import { companions, madeUpName, type Named, type ResourceMapping } from '../resource-mapping';
import { block, elsewhere, json, type Split, same, TAGS } from '../rule';
import {
  type Arguments,
  type Draft,
  Expression,
  Interpolation,
  isRecord,
  type Term,
  textOf,
  toCode,
  ZippedText,
} from '../term';

/** The zip that synth writes beside the configuration, under the hash of its content; text becomes a zip of its own. */
const code: Split = {
  split: (value, unmapped) => {
    const { S3Key: key, ZipFile: text } = isRecord(value) ? value : {};
    if (typeof key === 'string') return zipAt(textOf([new Expression('path.module'), `/assets/${key}`]));
    if (typeof text === 'string') return zipAt(new ZippedText({ 'index.js': text }));
    unmapped('S3Key', value);
    return {};
  },
};

const zipAt = (filename: Term): Draft => ({
  filename,
  source_code_hash: new Expression(`filebase64sha256(${toCode(filename)})`),
});

const functionName = (args: Arguments, _properties: Arguments, resource: Named): Draft => ({
  function_name: madeUpName(resource),
  ...args,
});

/** CloudFormation ends the ARN of a log group with `:*`, which is what policies on its streams need. */
const logGroupArn = ({ address }: Named): Term => new Interpolation([new Expression(`${address}.arn`), ':*']);

/** The function's own stack, which only CloudFormation has: what is absent is taken for "no deploy resets anything". */
const withoutStack: Split = {
  split: (value, unmapped) => {
    if (isRecord(value) && isRecord(value.Variables) && Object.keys(value).length === 1) {
      const { HOLDFAST_STACK: _stack, ...variables } = value.Variables;
      return { environment: { variables } };
    }
    unmapped('Variables', value);
    return {};
  },
};

/** Functions, their logs, and what calls them. */
export const FUNCTIONS: Readonly<Record<string, ResourceMapping>> = {
  'AWS::Lambda::Function': {
    type: 'aws_lambda_function',
    ref: 'function_name',
    attributes: { Arn: 'arn' },
    properties: {
      ...same('Architectures Description FunctionName Handler MemorySize ReservedConcurrentExecutions'),
      ...same('Role Runtime Timeout'),
      Code: code,
      Layers: 'layers',
      TracingConfig: block('tracing_config', same('Mode')),
      Environment: withoutStack,
      LoggingConfig: {
        split: (value: Term) => ({
          logging_config: {
            log_format: 'Text',
            log_group: isRecord(value) ? (value.LogGroup ?? null) : null,
          },
        }),
      },
      ...TAGS,
    },
    complete: functionName,
  },
  'AWS::Lambda::LayerVersion': {
    type: 'aws_lambda_layer_version',
    ref: 'arn',
    attributes: { LayerVersionArn: 'arn' },
    properties: {
      ...same('CompatibleArchitectures CompatibleRuntimes Description LayerName LicenseInfo'),
      Content: code,
    },
    complete: (args, _properties, resource) => ({ layer_name: madeUpName(resource), ...args }),
  },
  'AWS::Lambda::Permission': {
    type: 'aws_lambda_permission',
    properties: same('Action FunctionName Principal SourceAccount SourceArn'),
  },
  'AWS::Logs::LogGroup': {
    type: 'aws_cloudwatch_log_group',
    ref: 'name',
    attributes: { Arn: logGroupArn },
    properties: {
      ...same('KmsKeyId RetentionInDays'),
      LogGroupName: 'name',
      ...TAGS,
    },
  },
  'AWS::Events::Rule': {
    type: 'aws_cloudwatch_event_rule',
    ref: 'name',
    attributes: { Arn: 'arn' },
    properties: {
      ...same('Description Name ScheduleExpression State'),
      EventPattern: json('event_pattern'),
      Targets: elsewhere,
      ...TAGS,
    },
    companions: [
      companions(
        'Targets',
        'aws_cloudwatch_event_target',
        'target',
        { rule: 'name' },
        {
          ...same('Arn RoleArn'),
          Id: 'target_id',
          RetryPolicy: block('retry_policy', {
            MaximumEventAgeInSeconds: 'maximum_event_age_in_seconds',
            MaximumRetryAttempts: 'maximum_retry_attempts',
          }),
          DeadLetterConfig: block('dead_letter_config', same('Arn')),
        },
      ),
    ],
  },
};
