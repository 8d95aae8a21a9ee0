import { CfnLambdaHook, Duration } from 'aws-cdk-lib';
import { Alarm, Dashboard, GraphWidget, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Invoke } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { PlainService } from './service';

const TOLD = ['Stuck', 'Stalled', 'Late', 'Stopped', 'Behind', 'Cache', 'Reports', 'Shed'];

/** Alarms, a dashboard and the role of operators. */
export class PlainOperations extends Construct {
  constructor(scope: Construct, { service, topic }: { service: PlainService; topic: ITopic }) {
    super(scope, 'Operations');
    const { balancer, targetGroups, queue, deadLetters } = service;
    const period = Duration.minutes(1);
    const aurora = (metricName: string): IMetric => new Metric({ namespace: 'AWS/RDS', metricName, period });
    const told = (metricName: string): IMetric => new Metric({ namespace: 'Plain', metricName, period });
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
      const alarm = new Alarm(this, id, { metric, threshold: 1, evaluationPeriods: 3 });
      alarm.addAlarmAction(new SnsAction(topic));
    }
    new Dashboard(this, 'Dashboard', {
      widgets: [Object.entries(metrics).map(([title, metric]) => new GraphWidget({ title, left: [metric] }))],
    });
    const role = new Role(this, 'Operator', { assumedBy: new AccountPrincipal('000000000000') });
    for (const action of [
      'rds:SwitchoverGlobalCluster',
      'autoscaling:UpdateAutoScalingGroup',
      'dynamodb:*Item',
    ]) {
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: ['*'] }));
    }
    this.addHook();
  }

  /** A hook that is asked before stacks change. */
  private addHook(): void {
    const handler = new LambdaFunction(this, 'Hook', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({ hookStatus: "SUCCESS" });'),
      logGroup: new LogGroup(this, 'HookLogs'),
    });
    handler.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] }));
    for (const source of ['aws.cloudformation', 'aws.autoscaling', 'aws.ssm']) {
      const eventPattern = { source: [source] };
      new Rule(this, `On-${source}`, { eventPattern, targets: [new Invoke(handler)] });
    }
    new Rule(this, 'Clock', { schedule: Schedule.rate(Duration.minutes(5)), targets: [new Invoke(handler)] });
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
