import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { buildOutput } from '../compute/build-output';
import { acknowledge } from '../policy/acknowledge';
import { assertRules, matching, type Rule } from '../validation';
import { regionRule } from './failover-rules';

/** Namespace and metric of what Regions tell each other. A test compares them with the run time's. */
export const BEACON = { namespace: 'Holdfast/Beacon', metricName: 'DeepHealth' } as const;
const BEAT = Duration.minutes(1);

/** What one Region tells the others. */
export interface HealthBeaconProps {
  /** Name of the application. */
  readonly application: string;
  /** Alarm of this Region on its own deep health. */
  readonly alarm: cloudwatch.IAlarm;
  /** Regions that are told, never this one: one to four. */
  readonly listeners: readonly string[];
  /**
   * Code of the function, with `index.handler`.
   * @default - the beacon built by `npm run build`
   */
  readonly code?: lambda.Code;
}

/**
 * Writes this Region's deep health into the CloudWatch of the Regions that may take over, every minute, since no alarm
 * looks across Regions and a lost one cannot be asked. It tells 1 or 0, and nothing when it knows nothing: silence is
 * for the listener's alarm to judge ({@link HealthBeacon.alarmOn}).
 */
export class HealthBeacon extends Construct {
  readonly function: lambda.Function;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: HealthBeaconProps) {
    super(scope, id);
    assertRules(`HealthBeacon ${this.node.path}`, beaconRules(this, props));
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new lambda.Function(this, 'Handler', {
      description: `Tells ${props.listeners.join(', ')} of the deep health of ${props.application}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code ?? lambda.Code.fromAsset(buildOutput('bundles/health-beacon'), { exclude: ['*.map'] }),
      role: this.declareRole(props, logGroup),
      logGroup,
      memorySize: 256,
      timeout: Duration.seconds(30),
      environment: {
        HOLDFAST_APPLICATION: props.application,
        HOLDFAST_DEEP_HEALTH_ALARM: props.alarm.alarmName,
        HOLDFAST_LISTENERS: props.listeners.join(','),
      },
    });
    new events.Rule(this, 'Beat', {
      description: 'Tells the other Regions every minute',
      schedule: events.Schedule.rate(BEAT),
      targets: [new LambdaFunction(this.function, { retryAttempts: 0, maxEventAge: BEAT })],
    });
  }

  /** In a listening Region: what `region` tells, 1 good and 0 bad; the worst of a minute. */
  static metricOf(application: string, region: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      ...BEACON,
      dimensionsMap: { Application: application, Region: region },
      statistic: cloudwatch.Stats.MINIMUM,
      period: BEAT,
      ...props,
    });
  }

  /** In a listening Region: an alarm on what `region` tells; three bad or silent minutes in a row. */
  static alarmOn(scope: Construct, id: string, application: string, region: string): cloudwatch.Alarm {
    return HealthBeacon.metricOf(application, region).createAlarm(scope, id, {
      alarmDescription: `${region} says that ${application} is not well there, or says nothing`,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  private declareRole(props: HealthBeaconProps, logGroup: LogGroup): iam.Role {
    const role = new iam.Role(this, 'Role', {
      description: 'Tells other Regions of the deep health of this one',
      assumedBy: new iam.ServicePrincipal('lambda'),
    });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:DescribeAlarms'],
        resources: [props.alarm.alarmArn],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': BEACON.namespace } },
      }),
    );
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Metrics know no resource; the condition holds the role to one namespace.',
    );
    return role;
  }
}

function beaconRules(scope: Construct, props: HealthBeaconProps): Rule[] {
  const { listeners } = props;
  const { region } = Stack.of(scope);
  return [
    matching('application', props.application, /^[a-z][a-z0-9-]{2,19}$/, 'use 3 to 20 lower-case characters'),
    ...listeners.map((listener, index) => regionRule(`listeners[${index}]`, listener)),
    (listeners.length < 1 || listeners.length > 4 || new Set(listeners).size !== listeners.length) && {
      path: 'listeners',
      received: listeners,
      message: 'a chain holds one to four other Regions',
      fix: 'name each of them once',
    },
    listeners.includes(region) && {
      path: 'listeners',
      received: region,
      message: 'this Region need not be told of itself',
      fix: 'name the Regions that may take over',
    },
  ];
}
