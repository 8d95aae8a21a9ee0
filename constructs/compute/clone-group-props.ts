import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Artifact } from './artifact';
import type {
  CapacityReservationOptions,
  CloneWarmPoolOptions,
  MixedInstancesOptions,
} from './clone-capacity';
import type { CloneLifecycleOptions } from './clone-lifecycle';
import type { CloneUpdate } from './clone-update';
import type { ArtifactEntry } from './user-data';

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
  /**
   * Parameter in the Region that names what new clones run instead of the application of {@link artifact}, as
   * `<key> <SHA-256>` of an object in the same bucket, or `template`. It belongs to the run time, and is never written by a
   * deploy: `holdfast release` puts a build into an idle group by it, without a new launch template.
   * @default - clones run what their launch template names
   */
  readonly buildParameter?: string;
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
  /**
   * Clones that carry the load. Where it is given, `minimumClones` must leave as many after the loss of a zone.
   * `withZoneLossHeadroom` of `holdfast/regions` gives the smallest number that does.
   * @default - the minimum is taken as it is
   */
  readonly neededClones?: number;
  /**
   * How a new launch template reaches the clones.
   * @default - a rolling update, one clone at a time, never below the minimum, waiting for the signal of each
   */
  readonly update?: CloneUpdate;
  /**
   * Holds a new clone back until it answers, and a leaving one until what it works on is done.
   * @default - a clone is in service once launched, and has the minute of its shutdown to finish
   */
  readonly lifecycle?: CloneLifecycleOptions;
  /**
   * Clones that have booted and wait, for applications that boot slowly. Needs `lifecycle`.
   * @default - none
   */
  readonly warmPool?: CloneWarmPoolOptions;
  /**
   * Further instance types, for the day on which the first one is not to be had.
   * @default - one type, On-Demand
   */
  readonly mixedInstances?: MixedInstancesOptions;
  /**
   * Capacity that is paid for and kept: the only promise that a launch succeeds while a Region is short of machines.
   * It sets no size of the group.
   * @default - what the account has open, if any
   */
  readonly capacityReservation?: CapacityReservationOptions;
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

/** How a group answers a backlog. */
export interface ScaleOnQueueOptions {
  /** Queue that the clones work off. */
  readonly queue: IQueue;
  /** Messages, waiting or in work, that one clone is to have at the most. */
  readonly messagesPerClone: number;
}
