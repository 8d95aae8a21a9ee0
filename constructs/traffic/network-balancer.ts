import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Colour } from '../../lib/naming';
import type { CloneGroup } from '../compute/clone-group';
import { acknowledge } from '../policy/acknowledge';
import { assertRules } from '../validation';
import { declareAccessLogBucket } from './access-log-bucket';
import type { AliasTarget } from './alias-target';
import type { BalancerProps } from './balancer-props';
import { networkBalancerRules } from './network-balancer-rules';

/** Load balancer of layer 4 of one Region, with a target group for each colour. */
export interface NetworkBalancerProps extends BalancerProps {
  /**
   * Port for clients.
   * @default 443
   */
  readonly listenerPort?: number;
  /**
   * Certificates of the service's names in this Region; the load balancer then ends TLS.
   * @default - TCP is passed on as it is, for clones that end TLS themselves
   */
  readonly certificates?: readonly acm.ICertificate[];
  /**
   * Weights of the colours at birth, 0 to 999 each. Open connections stay where they are when weights shift later.
   * Weights of this kind of load balancer are offered in the commercial and GovCloud Regions
   * (https://aws.amazon.com/blogs/networking-and-content-delivery/network-load-balancers-now-support-weighted-target-groups).
   * @default - blue 100, green 0
   */
  readonly birthWeights?: Readonly<Record<Colour, number>>;
  /**
   * Path of the health check, asked over HTTP on the clones' port. Keep it shallow, see BlueGreenBalancer.
   * @default - whether the port takes a connection
   */
  readonly healthCheckPath?: string;
  /**
   * How long connections may take to end when a clone leaves, 0 to 3600 s; what is open then is cut.
   * @default Duration.minutes(5)
   */
  readonly deregistrationDelay?: Duration;
  /**
   * Whether connections are spread over all zones, or stay in the zone whose address the client chose. Without it a
   * zone with few clones is overrun, and a shift away from a zone loses no more than that zone.
   * @default true
   */
  readonly crossZone?: boolean;
  /**
   * Share of healthy targets in percent, 1 to 100, below which a zone leaves DNS, or the checks are not believed when
   * it is so everywhere. In October 2025 checks of this kind misjudged good nodes and took them out of DNS
   * (https://aws.amazon.com/message/101925).
   * @default 50
   */
  readonly minimumHealthyPercentage?: number;
  /**
   * Bucket for access logs in this Region; written with certificates alone, since only TLS is logged.
   * @default - a new bucket that keeps logs for 90 days and outlives the stack
   */
  readonly accessLogBucket?: s3.IBucket;
}

/** The entry of a Region for connections instead of requests: BlueGreenBalancer's weights and health on layer 4. */
export class NetworkBalancer extends Construct implements ec2.IConnectable {
  readonly loadBalancer: elbv2.NetworkLoadBalancer;
  /** Listener whose default action carries the weights. */
  readonly listener: elbv2.NetworkListener;
  readonly targetGroups: Readonly<Record<Colour, elbv2.NetworkTargetGroup>>;
  readonly connections: ec2.Connections;
  /** Where alias records point. */
  readonly aliasTarget: AliasTarget;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: NetworkBalancerProps) {
    super(scope, id);
    assertRules(`NetworkBalancer ${this.node.path}`, networkBalancerRules(props));
    this.loadBalancer = this.declareLoadBalancer(props);
    this.connections = this.loadBalancer.connections;
    this.targetGroups = {
      blue: this.declareTargetGroup('blue', props),
      green: this.declareTargetGroup('green', props),
    };
    this.listener = this.declareListener(props);
    this.aliasTarget = {
      dnsName: this.loadBalancer.loadBalancerDnsName,
      hostedZoneId: this.loadBalancer.loadBalancerCanonicalHostedZoneId,
    };
  }

  /** Puts a clone group behind a colour; the load balancer may then reach the clones' port. */
  attach(colour: Colour, cloneGroup: CloneGroup): void {
    cloneGroup.attachToNetworkTargetGroup(this.targetGroups[colour]);
    cloneGroup.connections.allowFrom(this, ec2.Port.tcp(cloneGroup.port), 'Load balancer');
  }

  /** A metric of the load balancer, from `AWS/NetworkELB`. */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.loadBalancer.metrics.custom(metricName, { period: Duration.minutes(1), ...props });
  }

  /** Connections begun; sum. */
  metricNewConnections(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('NewFlowCount', { statistic: 'Sum', ...props });
  }

  /** Connections that clones have reset; sum. */
  metricTargetResets(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('TCP_Target_Reset_Count', { statistic: 'Sum', ...props });
  }

  /** Clones of a colour that pass the health check. */
  metricHealthyClones(colour: Colour, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroups[colour].metrics.healthyHostCount({ period: Duration.minutes(1), ...props });
  }

  private declareLoadBalancer(props: NetworkBalancerProps): elbv2.NetworkLoadBalancer {
    const internetFacing = props.internetFacing ?? true;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Load balancer ${this.node.path}`,
      allowAllOutbound: false,
    });
    const clients = internetFacing ? ec2.Peer.anyIpv4() : ec2.Peer.ipv4(props.vpc.vpcCidrBlock);
    securityGroup.addIngressRule(clients, ec2.Port.tcp(props.listenerPort ?? 443), 'Clients');
    if (internetFacing) {
      acknowledge(
        securityGroup,
        'AwsSolutions-EC23',
        'This is the public entry of the service: anybody may reach its one port, and no other',
      );
    }
    const loadBalancer = new elbv2.NetworkLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets ?? (internetFacing ? { subnets: props.vpc.publicSubnets } : undefined),
      internetFacing,
      loadBalancerName: props.loadBalancerName,
      securityGroups: [securityGroup],
      deletionProtection: props.deletionProtection ?? true,
      crossZoneEnabled: props.crossZone ?? true,
      zonalShift: true,
    });
    if (props.certificates !== undefined) {
      loadBalancer.logAccessLogs(props.accessLogBucket ?? declareAccessLogBucket(this));
    } else {
      acknowledge(
        loadBalancer,
        'AwsSolutions-ELB2',
        'This kind of load balancer logs TLS connections alone, and here it passes TCP on; flow logs show the rest',
      );
    }
    return loadBalancer;
  }

  private declareTargetGroup(colour: Colour, props: NetworkBalancerProps): elbv2.NetworkTargetGroup {
    const percentage = props.minimumHealthyPercentage ?? 50;
    const timing = { interval: Duration.seconds(10), healthyThresholdCount: 2, unhealthyThresholdCount: 3 };
    return new elbv2.NetworkTargetGroup(this, colour === 'blue' ? 'Blue' : 'Green', {
      vpc: props.vpc,
      targetGroupName: props.targetGroupNames?.[colour],
      targetType: elbv2.TargetType.INSTANCE,
      protocol: elbv2.Protocol.TCP,
      port: props.port ?? 8080,
      deregistrationDelay: props.deregistrationDelay ?? Duration.minutes(5),
      connectionTermination: true,
      healthCheck:
        props.healthCheckPath === undefined
          ? { ...timing, protocol: elbv2.Protocol.TCP }
          : {
              ...timing,
              protocol: elbv2.Protocol.HTTP,
              path: props.healthCheckPath,
              healthyHttpCodes: '200',
            },
      targetGroupHealth: {
        dnsMinimumHealthyTargetCount: 1,
        dnsMinimumHealthyTargetPercentage: percentage,
        routingMinimumHealthyTargetCount: 1,
        routingMinimumHealthyTargetPercentage: percentage,
      },
    });
  }

  private declareListener(props: NetworkBalancerProps): elbv2.NetworkListener {
    const weights = props.birthWeights ?? { blue: 100, green: 0 };
    const { certificates } = props;
    return new elbv2.NetworkListener(this, 'Listener', {
      loadBalancer: this.loadBalancer,
      port: props.listenerPort ?? 443,
      protocol: certificates === undefined ? elbv2.Protocol.TCP : elbv2.Protocol.TLS,
      certificates: certificates === undefined ? undefined : [...certificates],
      sslPolicy: certificates === undefined ? undefined : elbv2.SslPolicy.RECOMMENDED_TLS,
      defaultAction: elbv2.NetworkListenerAction.weightedForward([
        { targetGroup: this.targetGroups.blue, weight: weights.blue },
        { targetGroup: this.targetGroups.green, weight: weights.green },
      ]),
    });
  }
}
