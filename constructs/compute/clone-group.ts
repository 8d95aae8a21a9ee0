import { Duration, Stack } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { assertRules, wholeNumber } from '../validation';
import { Artifact } from './artifact';
import { bootTimeoutOf, declareGroup } from './auto-scaling';
import type { CloneGroupProps, ScaleOnQueueOptions, ScaleOnRequestsOptions } from './clone-group-props';
import { cloneGroupRules } from './clone-group-rules';
import { addLifecycle, drainSecondsOf } from './clone-lifecycle';
import { letReadReleases } from './clone-releases';
import { cloneRole } from './clone-role';
import { declareLaunchTemplate } from './launch-template';
import { stepOnBacklog } from './step-scaling';
import { renderUserData } from './user-data';

export type {
  CloneGroupOptions,
  CloneGroupProps,
  ScaleOnQueueOptions,
  ScaleOnRequestsOptions,
} from './clone-group-props';

/**
 * An Auto Scaling group of immutable clones. It declares the smallest and the largest size and never a desired one,
 * so no deploy takes back what a failover or the load has raised.
 */
export class CloneGroup extends Construct implements iam.IGrantable, ec2.IConnectable {
  /** The group; declared without a desired capacity. */
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;
  /** Name of the group. */
  readonly groupName: string;
  /** Role of the clones. */
  readonly role: iam.IRole;
  /** Whom to grant access to. */
  readonly grantPrincipal: iam.IPrincipal;
  /** Security of the clones. */
  readonly connections: ec2.Connections;
  /** Port on which a service listens. */
  readonly port: number;
  /** Template of the clones. */
  readonly launchTemplate: ec2.LaunchTemplate;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: CloneGroupProps) {
    super(scope, id);
    assertRules(`CloneGroup ${this.node.path}`, cloneGroupRules(props));
    this.port = props.port ?? 8080;
    const role = props.role ?? cloneRole(this);
    this.role = role;
    this.grantPrincipal = role.grantPrincipal;
    this.launchTemplate = declareLaunchTemplate(this, { ...props, role });
    this.connections = this.launchTemplate.connections;
    this.autoScalingGroup = declareGroup(this, this.launchTemplate, props);
    this.groupName = this.autoScalingGroup.autoScalingGroupName;
    this.writeUserData(props);
    if (props.lifecycle !== undefined && props.groupName !== undefined) {
      addLifecycle(this, this.autoScalingGroup, role, bootTimeoutOf(props), props.groupName);
    }
  }

  /** Lets a target group send requests to the clones and asks its health checks for theirs. */
  attachToTargetGroup(targetGroup: elbv2.ApplicationTargetGroup): void {
    this.autoScalingGroup.attachToApplicationTargetGroup(targetGroup);
  }

  /** Lets a target group of layer 4 send connections to the clones; open their port to its clients yourself. */
  attachToNetworkTargetGroup(targetGroup: elbv2.NetworkTargetGroup): void {
    this.autoScalingGroup.attachToNetworkTargetGroup(targetGroup);
  }

  /** Scales by requests a clone; call it once the group is attached to a target group that has a listener. */
  scaleOnRequests(options: ScaleOnRequestsOptions): autoscaling.TargetTrackingScalingPolicy {
    assertRules(`CloneGroup ${this.node.path}`, [
      wholeNumber('requestsPerClonePerSecond', options.requestsPerClonePerSecond, 1, 1_000_000),
    ]);
    return this.autoScalingGroup.scaleOnRequestCount('Requests', {
      targetRequestsPerMinute: options.requestsPerClonePerSecond * 60,
    });
  }

  /**
   * Adds clones by steps while each has more than its share of a queue's messages, waiting or in work; a group
   * without any clone gets its first one. It never takes one away: a worker leaves when the queue has been empty for
   * a while (`QueueWorker.scaleOnBacklog`), or through its hook, and never from under its message.
   *
   * @returns the alarm that adds clones
   */
  scaleOnQueue(options: ScaleOnQueueOptions): cloudwatch.Alarm {
    return stepOnBacklog(this, options);
  }

  /** A metric of the group, from `AWS/AutoScaling` unless another namespace is named; one minute, average. */
  metric(
    metricName: string,
    props?: cloudwatch.MetricOptions,
    namespace = 'AWS/AutoScaling',
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace,
      metricName,
      dimensionsMap: { AutoScalingGroupName: this.groupName },
      period: Duration.minutes(1),
      statistic: 'Average',
      ...props,
    });
  }

  /** Clones in service. */
  metricInServiceClones(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('GroupInServiceInstances', props);
  }

  /** Clones that the group wants. */
  metricDesiredClones(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('GroupDesiredCapacity', props);
  }

  /** Processor use of the clones in percent. */
  metricCpuUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('CPUUtilization', props, 'AWS/EC2');
  }

  /** The script names the group that waits for its signal, so it is written once the group is there. */
  private writeUserData(props: CloneGroupProps): void {
    const entry = props.entry ?? 'service';
    const stack = Stack.of(this);
    const group = this.autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    const artifact = (props.artifact ?? Artifact.built()).bind(this, this.role);
    if (props.buildParameter !== undefined)
      letReadReleases(this, this.role, artifact.app, props.buildParameter);
    const script = renderUserData({
      entry,
      artifact,
      buildParameter: props.buildParameter,
      region: stack.region,
      healthPort: entry === 'service' ? this.port : undefined,
      bootSeconds: bootTimeoutOf(props).toSeconds(),
      signal: { stackName: stack.stackName, logicalId: group.logicalId, roleName: this.role.roleName },
      lifecycle:
        props.lifecycle === undefined || props.groupName === undefined
          ? undefined
          : { groupName: props.groupName, drainSeconds: drainSecondsOf(props) },
      environment: {
        AWS_REGION: stack.region,
        HOLDFAST_LISTEN: `0.0.0.0:${this.port}`,
        ...props.environment,
      },
    });
    this.launchTemplate.userData?.addCommands(script);
    this.role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['cloudformation:SignalResource'],
        resources: [stack.stackId],
      }),
    );
  }
}
