import { Duration } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addClones } from './clones';
import { addConfiguration } from './configuration';
import type { PlainData } from './data';
import { addKeeper } from './keeper';

/** What the service of a Region needs. */
export interface PlainServiceProps {
  readonly vpc: ec2.IVpc;
  readonly certificate: ICertificate;
  readonly data: PlainData;
}

/** Balancer, two groups of clones, workers with their queue, and configuration. */
export class PlainService extends Construct {
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly targetGroups: readonly elb.ApplicationTargetGroup[];
  readonly groups: readonly autoscaling.AutoScalingGroup[];
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, props: PlainServiceProps) {
    super(scope, 'Service');
    const { vpc } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    const processLogs = new LogGroup(this, 'ProcessLogs', { retention: RetentionDays.THREE_MONTHS });
    const logs = new Bucket(this, 'Logs', { enforceSSL: true, encryption: BucketEncryption.S3_MANAGED });
    this.balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    this.balancer.logAccessLogs(logs);
    const settings = props.data.settings(this.queue.queueUrl, processLogs.logGroupName);
    this.groups = ['Blue', 'Green', 'Workers'].map(id =>
      addClones(this, id, {
        vpc,
        settings,
        databaseSecurityGroup: props.data.databaseSecurityGroup,
        cacheSecurityGroup: props.data.cacheSecurityGroup,
        entry: id === 'Workers' ? 'worker' : 'service',
        minimum: id === 'Green' ? 0 : 2,
      }),
    );
    for (const { role } of this.groups) this.queue.grantSendMessages(role);
    if (this.groups[2] !== undefined) this.queue.grantConsumeMessages(this.groups[2].role);
    for (const lifecycleTransition of [
      autoscaling.LifecycleTransition.INSTANCE_LAUNCHING,
      autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
    ]) {
      this.groups[2]?.addLifecycleHook(lifecycleTransition, { lifecycleTransition });
    }
    this.targetGroups = this.groups.slice(0, 2).map(
      (group, index) =>
        new elb.ApplicationTargetGroup(this, `Targets${index}`, {
          vpc,
          port: 8080,
          protocol: elb.ApplicationProtocol.HTTP,
          targets: [group],
          healthCheck: { path: '/readyz', interval: Duration.seconds(10) },
          deregistrationDelay: Duration.seconds(30),
          slowStart: Duration.seconds(30),
        }),
    );
    const listener = this.balancer.addListener('Https', {
      port: 443,
      certificates: [props.certificate],
      defaultAction: elb.ListenerAction.weightedForward(
        this.targetGroups.map((targetGroup, index) => ({ targetGroup, weight: index === 0 ? 100 : 0 })),
      ),
    });
    this.balancer.addRedirect();
    for (const group of this.groups.slice(0, 2)) {
      group.scaleOnRequestCount('Requests', { targetRequestsPerMinute: 12000 });
      group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    }
    addConfiguration(this, this.errorAlarm().alarmArn);
    addKeeper(this, listener.listenerArn);
  }

  private errorAlarm(): Alarm {
    const metric = this.balancer.metrics.httpCodeElb(elb.HttpCodeElb.ELB_5XX_COUNT);
    return new Alarm(this, 'Errors', { metric, threshold: 20, evaluationPeriods: 3 });
  }
}
