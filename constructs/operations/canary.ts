import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as synthetics from 'aws-cdk-lib/aws-synthetics';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import { assertRules, matching, wholeNumber } from '../validation';
import { CANARY_SCRIPT } from './canary-script';

/** One question of a canary. */
export interface CanaryCheck {
  /** Address, such as `https://orders.example.com/readyz`; asked by GET. */
  readonly url: string;
  /** Status that is right. @default 200 */
  readonly status?: number;
  /** Time for the whole answer, name and handshake included; up to 30 seconds. @default Duration.seconds(5) */
  readonly within?: Duration;
}

/** Options of {@link Canary}. */
export interface CanaryOptions {
  /** What is asked, all at once; a run is good when every answer is right. At least one, at most 20. */
  readonly checks: readonly CanaryCheck[];
  /** Time between two runs: whole minutes, up to 60. Each run costs. @default Duration.minutes(1) */
  readonly every?: Duration;
  /**
   * Where runs leave their reports; objects below the canary's name.
   * @default - a bucket of its own, emptied of what is older than 31 days
   */
  readonly reports?: s3.IBucket;
}

/** Properties of {@link Canary}. */
export interface CanaryProps extends CanaryOptions {
  /** Name, up to 255 lower case letters, digits, hyphens and underscores; its metrics stand under it. */
  readonly canaryName: string;
}

/**
 * Asks from outside what users ask, and keeps asking when the Region that it watches is gone: declare it in another one.
 * A CloudWatch Synthetics canary on plain Node, without a browser. What it sees is told as `SuccessPercent` and `Failed`.
 */
export class Canary extends Construct {
  readonly canaryName: string;
  private readonly canary: synthetics.Canary;

  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    validate(this.node.path, props);
    this.canaryName = props.canaryName;
    const { every = Duration.minutes(1), reports = declareReports(this) } = props;
    this.canary = new synthetics.Canary(this, 'Canary', {
      canaryName: props.canaryName,
      runtime: synthetics.Runtime.SYNTHETICS_NODEJS_3_1,
      test: synthetics.Test.custom({
        code: synthetics.Code.fromInline(CANARY_SCRIPT),
        handler: 'index.handler',
      }),
      role: declareRole(this, props.canaryName, reports),
      artifactsBucketLocation: { bucket: reports, prefix: props.canaryName },
      schedule: synthetics.Schedule.rate(every),
      timeout: Duration.seconds(59),
      environmentVariables: { CHECKS: JSON.stringify(props.checks.map(written)) },
      successRetentionPeriod: Duration.days(7),
      failureRetentionPeriod: Duration.days(31),
      provisionedResourceCleanup: true,
    });
  }

  /** Share of good runs in percent; average over 5 minutes. */
  metricSuccessPercent(props?: MetricOptions): Metric {
    return this.canary.metricSuccessPercent(props);
  }

  /** Runs that failed; sum over 5 minutes. Without a failure there is no data. */
  metricFailed(props?: MetricOptions): Metric {
    return this.canary.metricFailed({ statistic: 'Sum', ...props });
  }

  /** Runs, whatever they found; count over 5 minutes. */
  metricRuns(props?: MetricOptions): Metric {
    return this.canary.metricSuccessPercent({ statistic: 'SampleCount', ...props });
  }
}

const written = ({ url, status = 200, within = Duration.seconds(5) }: CanaryCheck) => ({
  url,
  status,
  withinMilliseconds: within.toMilliseconds(),
});

/** Source of the statements: the permissions that CloudWatch Synthetics asks of a canary's role. */
function declareRole(scope: Construct, name: string, reports: s3.IBucket): Role {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda') });
  const logs = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `/aws/lambda/cwsyn-${name}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const objects = `${reports.bucketArn}/${name}/*`;
  role.addToPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [objects] }));
  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [reports.bucketArn] }),
  );
  reports.encryptionKey?.grantEncryptDecrypt(role);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logs],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': 'CloudWatchSynthetics' } },
    }),
  );
  const findings = {
    [findingArn(scope, objects)]:
      'Every run leaves its report under a name of its own, below the name of the canary',
    [findingArn(scope, logs)]: 'CloudWatch Synthetics puts an id of its own behind the name of the log group',
    '*': 'A metric has no ARN; the condition names the one namespace',
  };
  for (const [resource, reason] of Object.entries(findings))
    acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  return role;
}

/** Bucket for the reports of canaries, which nothing but a person reads; what is older than 31 days goes. */
export function declareReports(scope: Construct): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'CanaryReports', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    lifecycleRules: [
      { expiration: Duration.days(31), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(bucket, 'AwsSolutions-S1', 'Reports of canaries hold nothing but answers to public questions');
  return bucket;
}

function validate(path: string, { canaryName, checks, every = Duration.minutes(1) }: CanaryProps): void {
  const minutes = every.toSeconds() / 60;
  assertRules(`Canary ${path}`, [
    matching('canaryName', canaryName, /^[0-9a-z_-]{1,255}$/, 'use lower case letters, digits, - and _'),
    wholeNumber('every (minutes)', minutes, 1, 60),
    wholeNumber('checks.length', checks.length, 1, 20),
    ...checks.flatMap(({ url, status = 200, within = Duration.seconds(5) }, index) => [
      matching(
        `checks[${index}].url`,
        url,
        /^https?:\/\/[^\s]+$/,
        'use an address such as https://orders.example.com/readyz',
      ),
      wholeNumber(`checks[${index}].status`, status, 100, 599),
      wholeNumber(`checks[${index}].within (milliseconds)`, within.toMilliseconds(), 1, 30_000),
    ]),
  ]);
}
