import { Duration } from 'aws-cdk-lib';
import { Alarm, Dashboard, GraphWidget, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { PlainService } from './service';

/** Alarms, a dashboard and the role of operators. */
export class PlainOperations extends Construct {
  constructor(scope: Construct, { service, topic }: { service: PlainService; topic: ITopic }) {
    super(scope, 'Operations');
    const { balancer, targetGroups, queue, deadLetters } = service;
    const period = Duration.minutes(1);
    const aurora = (metricName: string): IMetric => new Metric({ namespace: 'AWS/RDS', metricName, period });
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
  }
}
