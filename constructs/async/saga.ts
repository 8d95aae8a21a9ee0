import { Aws, Duration, Names, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type MetricOptions, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine, type IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { REGISTER_KEY } from '../data/register-keys';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { sagaDefinition } from './saga-definition';
import { planSteps, type SagaProps, validateSaga } from './saga-props';

/**
 * Work over several systems that have no transaction in common: steps forward, and what undoes them, in reverse, when
 * one fails. Runs in the active Region alone: the register is asked first, and before each undoing, since after a
 * failover the new active Region has taken the work over and a late undoing would undo what it did.
 *
 * A run ends well with the outcome `done`, `undone` or `not-active` in its output. It fails when a person has to look:
 * a step could not be undone, or the epoch was raised half way.
 */
export class Saga extends Construct {
  readonly stateMachine: IStateMachine;
  /** In alarm while a run has failed or has run out of time. */
  readonly failureAlarm: Alarm;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: SagaProps) {
    validateSaga(`Saga ${scope.node.path}/${id}`, props);
    super(scope, id);
    const role = this.createRole(props);
    const machine = this.createMachine(props, role);
    this.stateMachine = StateMachine.fromStateMachineArn(this, 'Named', machine.ref);
    this.failureAlarm = this.createFailureAlarm();
  }

  /** Lets `grantee` start a run. Name the run by the request, so that it starts once. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Runs that failed: a person has to look. Sum. */
  metricFailed(options?: MetricOptions) {
    return this.stateMachine.metricFailed({ period: Duration.minutes(1), ...options });
  }

  /** Time of a run in milliseconds. */
  metricTime(options?: MetricOptions) {
    return this.stateMachine.metricTime({ period: Duration.minutes(1), ...options });
  }

  private createMachine(props: SagaProps, role: Role): CfnStateMachine {
    const stack = Stack.of(this);
    const definition = sagaDefinition({
      region: stack.region,
      registerTable: props.register.tableName,
      registerKey: REGISTER_KEY,
      partition: Aws.PARTITION,
      steps: planSteps(props),
    });
    const logs = new LogGroup(this, 'Logs', {
      // Of this prefix there may be any number; others fill up the account's one policy for delivered logs.
      logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 100 })}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: KEEP_ONCE_BORN,
    });
    const machine = new CfnStateMachine(this, 'Machine', {
      definitionString: stack.toJsonString(definition),
      roleArn: role.roleArn,
      stateMachineType: props.kind === 'express' ? 'EXPRESS' : 'STANDARD',
      tracingConfiguration: { enabled: true },
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logs.logGroupArn } }],
      },
    });
    machine.node.addDependency(role);
    return machine;
  }

  private createRole(props: SagaProps): Role {
    const role = new Role(this, 'Role', {
      description: `Saga ${this.node.path}`,
      assumedBy: new ServicePrincipal('states'),
    });
    props.register.grantRead(role);
    const functions = props.steps.flatMap(({ action, compensation }) =>
      compensation === 'nothing' ? [action] : [action, compensation],
    );
    this.grantInvoke(role, functions);
    const policy = new Policy(role, 'LogsAndTraces', {
      statements: [new PolicyStatement({ actions: LOGS_AND_TRACES, resources: ['*'] })],
    });
    policy.attachToRole(role);
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Delivery of logs and traces of a state machine knows no resource; the actions do nothing else.',
    );
    return role;
  }

  /** These functions and no versions of them, which `grantInvoke` of a function would open too. */
  private grantInvoke(role: Role, functions: readonly IFunction[]): void {
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [...new Set(functions.map(declared => declared.functionArn))],
    });
  }

  private createFailureAlarm(): Alarm {
    return new Alarm(this, 'FailureAlarm', {
      alarmDescription:
        'A saga stopped half way; see its log for the step, and undo it by hand or run it again',
      metric: this.metricFailed({ statistic: 'Sum' }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

/** Source: Step Functions developer guide, "Logging in CloudWatch Logs" and "X-Ray policies". */
const LOGS_AND_TRACES = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
