import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Colour } from '../../lib/naming';
import type { CloneGroup } from '../compute/clone-group';
import { assertRules } from '../validation';
import type { AliasTarget } from './alias-target';
import type { BalancerProps } from './balancer-props';
import { balancerRules } from './balancer-rules';
import { declareListeners } from './listeners';
import { declareLoadBalancer } from './load-balancer';
import { declareTargetGroup } from './target-group';

/** Load balancer of one Region with a target group for each colour. */
export interface BlueGreenBalancerProps extends BalancerProps {
  /** Certificates of the service's names in this Region; clients are served over TLS only. */
  readonly certificates: readonly acm.ICertificate[];
  /**
   * Path of the health check. Keep it shallow: one that also asks database or cache would take every clone out of
   * service at once when a dependency is away, and turn a slow database into a dead service. Deep health is for
   * `/readyz`, alarms and preflight.
   * @default '/healthz'
   */
  readonly healthCheckPath?: string;
  /**
   * How long requests in flight may take to end when a clone leaves, 0 to 3600 s.
   * @default Duration.seconds(30)
   */
  readonly deregistrationDelay?: Duration;
  /**
   * How long a new clone's share of requests grows, 30 to 900 s.
   * @default Duration.seconds(30)
   */
  readonly slowStart?: Duration;
  /**
   * Share of healthy targets in percent, 1 to 100, below which the load balancer stops believing its own checks and
   * sends requests to all of them: more than half failing at once is more often the check than the clones.
   * @default 50
   */
  readonly minimumHealthyPercentage?: number;
  /**
   * Bucket for access logs in this Region. Its policy must let the log delivery service write.
   * @default - a new bucket that keeps logs for 90 days and outlives the stack
   */
  readonly accessLogBucket?: s3.IBucket;
}

/**
 * The entry of a Region: TLS, two target groups with weights, and health that a person can overrule by zonal shift.
 */
export class BlueGreenBalancer extends Construct implements ec2.IConnectable {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Listener whose default action carries the weights. */
  readonly listener: elbv2.ApplicationListener;
  readonly targetGroups: Readonly<Record<Colour, elbv2.ApplicationTargetGroup>>;
  readonly connections: ec2.Connections;
  /** Where alias records point. */
  readonly aliasTarget: AliasTarget;
  /** Where access logs go. */
  readonly accessLogBucket: s3.IBucket;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: BlueGreenBalancerProps) {
    super(scope, id);
    assertRules(`BlueGreenBalancer ${this.node.path}`, balancerRules(props));
    const declared = declareLoadBalancer(this, props);
    this.loadBalancer = declared.loadBalancer;
    this.accessLogBucket = declared.accessLogBucket;
    this.connections = this.loadBalancer.connections;
    this.targetGroups = {
      blue: declareTargetGroup(this, 'blue', props),
      green: declareTargetGroup(this, 'green', props),
    };
    this.listener = declareListeners(this, this.loadBalancer, this.targetGroups, props);
    this.aliasTarget = {
      dnsName: this.loadBalancer.loadBalancerDnsName,
      hostedZoneId: this.loadBalancer.loadBalancerCanonicalHostedZoneId,
    };
  }

  /** Puts a clone group behind a colour; the load balancer may then reach the clones' port. */
  attach(colour: Colour, cloneGroup: CloneGroup): void {
    cloneGroup.attachToTargetGroup(this.targetGroups[colour]);
  }

  /** A metric of the load balancer, from `AWS/ApplicationELB`. */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.loadBalancer.metrics.custom(metricName, { period: Duration.minutes(1), ...props });
  }

  /** Requests served; sum. */
  metricRequestCount(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('RequestCount', { statistic: 'Sum', ...props });
  }

  /** Answers of the clones with status 500 and up; sum. */
  metricTargetErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('HTTPCode_Target_5XX_Count', { statistic: 'Sum', ...props });
  }

  /** Answers of the load balancer itself with status 500 and up, as when no clone is left; sum. */
  metricBalancerErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('HTTPCode_ELB_5XX_Count', { statistic: 'Sum', ...props });
  }

  /** Seconds until the clones' answer; 99th percentile. */
  metricLatency(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('TargetResponseTime', { statistic: 'p99', ...props });
  }

  /** Clones of a colour that pass the health check. */
  metricHealthyClones(colour: Colour, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroups[colour].metrics.healthyHostCount({ period: Duration.minutes(1), ...props });
  }
}
