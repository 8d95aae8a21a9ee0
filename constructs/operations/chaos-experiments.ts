import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import * as fis from 'aws-cdk-lib/aws-fis';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import { assertRules, wholeNumber } from '../validation';
import { EXPERIMENTS, type ExperimentId, type ExperimentPlaces } from './chaos-actions';

/** Options of {@link ChaosExperiments}. */
export interface ChaosExperimentsOptions {
  /**
   * Alarms on what users feel; any of them ends an experiment at once. At least one: without a stop condition there is no
   * experiment.
   */
  readonly stopAlarms: readonly IAlarm[];
  /** Zone that is lost, by its id or name as the instances' `Placement.AvailabilityZone` tells it: a name, such as `us-east-2a`. */
  readonly zone: string;
  /** Tag that the clones carry, and nothing else of the account does. */
  readonly cloneTag: { readonly key: string; readonly value: string };
  /** ARN of the Aurora cluster of the Region. @default - no `aurora-failover` */
  readonly databaseCluster?: string;
  /** ARN of the replication group of the Region. @default - no `cache-failover` */
  readonly cacheGroup?: string;
  /** ARNs of the subnets of clones, with {@link otherRegion}. @default - no `cross-region-disconnect` */
  readonly subnets?: readonly string[];
  /** Region that the subnets do not reach any more. @default - no `cross-region-disconnect` */
  readonly otherRegion?: string;
  /** Role whose calls of EC2's API are throttled. @default - no `api-throttle` */
  readonly throttledRole?: IRole;
  /** Port of the dependency that is not reached any more. @default 5432 */
  readonly dependencyPort?: number;
  /** Length of each fault: whole minutes, 1 to 60. @default Duration.minutes(5) */
  readonly duration?: Duration;
  /** Where each experiment writes what it did. @default - a log group of its own, kept for a year */
  readonly log?: ILogGroup;
}

/** Properties of {@link ChaosExperiments}. */
export interface ChaosExperimentsProps extends ChaosExperimentsOptions {
  /** Name of the application; part of the templates' names. */
  readonly application: string;
}

/**
 * Fault experiments of AWS Fault Injection Service for one Region, each with a stop condition, a log, targets that fail
 * the experiment when they match nothing, and faults that end by themselves. Which of them exist follows from what is given.
 *
 * @throws HoldfastError `invalid-input` without a stop alarm
 */
export class ChaosExperiments extends Construct {
  /** The templates, by experiment. */
  readonly templates: Readonly<Partial<Record<ExperimentId, fis.CfnExperimentTemplate>>>;
  readonly log: ILogGroup;

  constructor(scope: Construct, id: string, props: ChaosExperimentsProps) {
    super(scope, id);
    validate(this.node.path, props);
    this.log =
      props.log ??
      new LogGroup(this, 'Log', { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN });
    const places = this.placesOf(props);
    const chosen = Object.entries(EXPERIMENTS).flatMap(([name, make]) => {
      const experiment = make(places);
      return experiment === undefined ? [] : [{ name: name as ExperimentId, ...experiment }];
    });
    const role = this.addRole(chosen.flatMap(({ statements }) => statements));
    this.templates = Object.fromEntries(
      chosen.map(({ name, what, targets, actions }) => [
        name,
        new fis.CfnExperimentTemplate(this, name, {
          description: `${props.application}: ${what}`,
          roleArn: role.roleArn,
          stopConditions: props.stopAlarms.map(({ alarmArn }) => ({
            source: 'aws:cloudwatch:alarm',
            value: alarmArn,
          })),
          targets,
          actions,
          experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
          logConfiguration: {
            logSchemaVersion: 2,
            cloudWatchLogsConfiguration: { LogGroupArn: this.log.logGroupArn },
          },
          tags: { Name: `${props.application}-${name}`, 'holdfast:experiment': name },
        }),
      ]),
    );
  }

  private placesOf(props: ChaosExperimentsProps): ExperimentPlaces {
    const { duration = Duration.minutes(5), dependencyPort = 5432 } = props;
    const document = (name: string) =>
      Stack.of(this).formatArn({ service: 'ssm', account: '', resource: 'document', resourceName: name });
    return { ...props, minutes: duration.toMinutes(), dependencyPort, document };
  }

  /** May do what the experiments that exist do, and nothing else. */
  private addRole(statements: readonly PolicyStatement[]): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('fis') });
    this.log.grant(role, 'logs:CreateLogDelivery');
    for (const statement of statements) role.addToPolicy(statement);
    // Deliveries of logs are set up by calls that know no resource.
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'logs:CreateLogDelivery',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        resources: ['*'],
      }),
    );
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Deliveries of logs and tags of instances are read by calls that know no resource',
    );
    const wild = new Set(
      statements.flatMap(statement => statement.resources).filter(arn => arn !== '*' && arn.includes('*')),
    );
    for (const arn of wild)
      acknowledge(
        role,
        `AwsSolutions-IAM5[Resource::${findingArn(this, arn)}]`,
        'Instances come and go; a condition holds the call to those with the tag of the clones',
      );
    return role;
  }
}

function validate(path: string, props: ChaosExperimentsProps): void {
  const { stopAlarms, duration = Duration.minutes(5), dependencyPort = 5432 } = props;
  assertRules(`ChaosExperiments ${path}`, [
    stopAlarms.length === 0 && {
      path: 'stopAlarms',
      received: [],
      message: 'names no alarm: an experiment that does more harm than meant would go on',
      fix: 'name an alarm on what users feel, such as the fast one of a ServiceLevel',
    },
    stopAlarms.length > 5 && {
      path: 'stopAlarms',
      received: stopAlarms.length,
      message: 'are more than FIS takes',
      fix: 'name at most 5, or one composite alarm over all of them',
    },
    wholeNumber('duration (minutes)', duration.toSeconds() / 60, 1, 60),
    wholeNumber('dependencyPort', dependencyPort, 1, 65_535),
  ]);
}
