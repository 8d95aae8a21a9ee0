import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Colour } from '../../lib/naming';

/** What load balancers of layer 7 and of layer 4 have in common: a target group for each colour, weights and health. */
export interface BalancerProps {
  /** Network. */
  readonly vpc: ec2.IVpc;
  /**
   * Whether clients come from the internet, or from within the network.
   * @default true
   */
  readonly internetFacing?: boolean;
  /**
   * Subnets of the load balancer, at least two zones.
   * @default - the public subnets when internet-facing, else the private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Name of the load balancer.
   * @default - named by CloudFormation
   */
  readonly loadBalancerName?: string;
  /**
   * Names of the target groups.
   * @default - named by CloudFormation
   */
  readonly targetGroupNames?: Readonly<Record<Colour, string>>;
  /**
   * Weights of the colours at birth, 0 to 999 each. Later shifts are made on the running listener; a deploy that
   * touches the listener sets these again, unless a `LiveSettingsController` keeps what was shifted.
   * @default - blue 100, green 0
   */
  readonly birthWeights?: Readonly<Record<Colour, number>>;
  /**
   * Port on which clones listen.
   * @default 8080
   */
  readonly port?: number;
  /**
   * Whether the load balancer refuses to be deleted.
   * @default true
   */
  readonly deletionProtection?: boolean;
}
