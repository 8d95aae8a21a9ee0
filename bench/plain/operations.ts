import { CfnLambdaHook, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  Canary,
  Code as SyntheticsCode,
  Runtime as SyntheticsRuntime,
  Schedule as SyntheticsSchedule,
  Test,
} from 'aws-cdk-lib/aws-synthetics';
import { Construct } from 'constructs';
import { bundle } from './keeper';
import { addOperator } from './operator';
import type { PlainService } from './service';

const TOLD = ['Stuck', 'Stalled', 'Late', 'Stopped', 'Behind', 'Cache', 'Reports', 'Shed'];

/** Alarms, a dashboard and the role of operators. */
export class PlainOperations extends Construct {
  constructor(scope: Construct, { service, topic }: { service: PlainService; topic: ITopic }) {
    super(scope, 'Operations');
    const { balancer, targetGroups, queue, deadLetters } = service;
    const period = Duration.minutes(1);
    const aurora = (metricName: string): IMetric =>
      new Metric({
        namespace: 'AWS/RDS',
        metricName,
        dimensionsMap: { DBClusterIdentifier: 'plain' },
        period,
      });
    const told = (metricName: string): IMetric =>
      new Metric({
        namespace: 'Plain',
        metricName,
        dimensionsMap: { Application: 'plain', Region: Stack.of(this).region },
        period,
      });
    const metrics: Readonly<Record<string, IMetric>> = {
      Errors: balancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period }),
      Age: queue.metricApproximateAgeOfOldestMessage({ period }),
      DeadLetters: deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
      Lag: aurora('AuroraGlobalDBReplicationLag'),
      Connections: aurora('DatabaseConnections'),
      Memory: new Metric({
        namespace: 'AWS/ElastiCache',
        metricName: 'DatabaseMemoryUsagePercentage',
        period,
      }),
      ...Object.fromEntries(
        targetGroups.flatMap((group, index) => [
          [`Healthy${index}`, group.metrics.healthyHostCount({ period })],
        ]),
      ),
      ...Object.fromEntries(TOLD.map(metricName => [metricName, told(metricName)])),
      Latency: balancer.metrics.targetResponseTime({ period }),
    };
    for (const [id, metric] of Object.entries(metrics)) {
      const alarm = new Alarm(this, id, {
        metric,
        alarmDescription: `${id} is where people have to look at it`,
        threshold: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new SnsAction(topic));
    }
    new Dashboard(this, 'Dashboard', {
      widgets: [Object.entries(metrics).map(([title, metric]) => new GraphWidget({ title, left: [metric] }))],
    });
    new Dashboard(this, 'All', {
      widgets: Array.from({ length: 9 }, (_, index) => [
        new GraphWidget({
          title: `All ${index}`,
          left: ['us-east-2', 'us-west-2'].map(
            region => new Metric({ namespace: 'Plain', metricName: `All${index}`, period, region }),
          ),
        }),
      ]),
    });
    addOperator(this);
    this.addHook();
    this.addLevels(topic);
    this.addCanaries();
  }

  /** Burn-rate alarms: five promises, three speeds of two windows each. */
  private addLevels(topic: ITopic): void {
    for (const level of ['Orders', 'InTime', 'Fresh', 'Durable', 'Outside'])
      for (const [rate, long, short] of [
        ['Fast', 60, 5],
        ['Slow', 360, 30],
        ['Leak', 4320, 360],
      ] as const) {
        const windows = [long, short].map(minutes => {
          const period = Duration.minutes(minutes);
          const { region } = Stack.of(this);
          const dimensionsMap = { Application: 'plain', Part: 'service', Region: region, Route: level };
          const of = (metricName: string) =>
            new Metric({ namespace: 'Plain', metricName, dimensionsMap, statistic: 'Sum', period });
          const metric = new MathExpression({
            expression: 'IF(FILL(bad, 0) >= 5, FILL(bad, 0) / total, 0)',
            label: 'Share that is bad',
            period,
            usingMetrics: { bad: of('Bad'), total: of('Total') },
          });
          return new Alarm(this, `${level}${rate}${minutes}`, {
            metric,
            alarmName: `plain-${level}-${rate}-${minutes}`,
            alarmDescription: `Half of an alarm on ${level} (${minutes} minutes)`,
            threshold: 0.01,
            evaluationPeriods: 1,
            treatMissingData: TreatMissingData.NOT_BREACHING,
          });
        });
        const alarmRule = AlarmRule.allOf(
          ...windows.map(alarm => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)),
        );
        const both = new CompositeAlarm(this, `${level}${rate}`, { alarmRule });
        both.addAlarmAction(new SnsAction(topic));
      }
  }

  /** Two canaries with a bucket for their reports. */
  private addCanaries(): void {
    const bucket = new Bucket(this, 'CanaryReports', {
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    });
    for (const name of ['service', 'other']) {
      const role = new Role(this, `Canary-${name}`, { assumedBy: new ServicePrincipal('lambda') });
      bucket.grantPut(role);
      new Canary(this, `Ask-${name}`, {
        canaryName: `plain-${name}`,
        runtime: SyntheticsRuntime.SYNTHETICS_NODEJS_3_1,
        test: Test.custom({
          code: SyntheticsCode.fromInline('exports.handler = async () => {};'),
          handler: 'index.handler',
        }),
        role,
        artifactsBucketLocation: { bucket },
        schedule: SyntheticsSchedule.rate(Duration.minutes(1)),
      });
    }
  }

  /** A hook that is asked before stacks change. */
  private addHook(): void {
    const handler = new LambdaFunction(this, 'Hook', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: bundle('deploy-interlock'),
      environment: { TABLE: 'plain-register', LEAVE: '/plain/leave' },
      timeout: Duration.seconds(15),
      logGroup: new LogGroup(this, 'HookLogs'),
    });
    handler.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] }));
    const role = new Role(this, 'HookRole', { assumedBy: new ServicePrincipal('cloudformation') });
    handler.grantInvoke(role);
    new CfnLambdaHook(this, 'LambdaHook', {
      alias: 'Plain::Orders::Hook',
      executionRole: role.roleArn,
      lambdaFunction: handler.functionArn,
      failureMode: 'FAIL',
      hookStatus: 'ENABLED',
      targetOperations: ['STACK', 'CHANGE_SET'],
    });
  }
}
