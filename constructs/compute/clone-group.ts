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
import { cloneGroupRules } from './clone-group-rules';
import { cloneRole } from './clone-role';
import { declareLaunchTemplate } from './launch-template';
import { type ArtifactEntry, renderUserData } from './user-data';

/** What a clone group runs and how many of it, wherever it runs. */
export interface CloneGroupOptions {
  /**
   * Program of the artifact that the clones run.
   * @default 'service'
   */
  readonly entry?: ArtifactEntry;
  /**
   * Application and run time of the clones.
   * @default Artifact.built()
   */
  readonly artifact?: Artifact;
  /** Fewest clones at birth; 0 for a colour that is idle. Later the running group keeps what it has been set to. */
  readonly minimumClones: number;
  /** Most clones; above the minimum, since a rolling update adds one before it takes one. */
  readonly maximumClones: number;
  /**
   * Environment of the process; values may be tokens. `AWS_REGION` and `HOLDFAST_LISTEN` are added where absent.
   * @default - those two alone
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Instance type; must have the architecture of the artifact's run time.
   * @default 'm7i.large'
   */
  readonly instanceType?: string;
  /**
   * Machine image.
   * @default - Amazon Linux 2023 for x64, by the public parameter, read by CloudFormation at each deploy
   */
  readonly machineImage?: ec2.IMachineImage;
  /**
   * Port on which a service listens.
   * @default 8080
   */
  readonly port?: number;
  /**
   * Longest time from launch to healthy, at most 1 hour; a rolling update fails when a clone takes longer.
   * @default Duration.minutes(10)
   */
  readonly bootTimeout?: Duration;
  /**
   * Size of the encrypted root volume in GiB, 8 to 16384.
   * @default 16
   */
  readonly volumeSizeGiB?: number;
}

/** A clone group and where it runs. */
export interface CloneGroupProps extends CloneGroupOptions {
  /** Network. */
  readonly vpc: ec2.IVpc;
  /**
   * Subnets of the clones, at least two zones.
   * @default - the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Name of the Auto Scaling group, by which drills find it.
   * @default - named by CloudFormation
   */
  readonly groupName?: string;
  /**
   * Role of the clones.
   * @default - a new role that Systems Manager may open sessions with
   */
  readonly role?: iam.IRole;
}

/** Target of scaling by load. */
export interface ScaleOnRequestsOptions {
  /** Requests a second that one clone is to carry on average. */
  readonly requestsPerClonePerSecond: number;
}

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
  }

  /** Lets a target group send requests to the clones and asks its health checks for theirs. */
  attachToTargetGroup(targetGroup: elbv2.ApplicationTargetGroup): void {
    this.autoScalingGroup.attachToApplicationTargetGroup(targetGroup);
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
    const script = renderUserData({
      entry,
      artifact: (props.artifact ?? Artifact.built()).bind(this, this.role),
      region: stack.region,
      healthPort: entry === 'service' ? this.port : undefined,
      bootSeconds: bootTimeoutOf(props).toSeconds(),
      signal: { stackName: stack.stackName, logicalId: group.logicalId, roleName: this.role.roleName },
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
