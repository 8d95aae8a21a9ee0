import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { carveSubnets, isCidrFault, readCidr } from '../../regions/cidr';
import { assertRules, type Rule, wholeNumber } from '../validation';
import { addEndpoints, DEFAULT_INTERFACE_ENDPOINTS } from './endpoints';
import { addFlowLog } from './flow-log';
import { addInternetRoutes, declareTier, importNetwork, SUBNET_TIERS, type TierSubnet } from './subnets';

/** Network of one Region. */
export interface RegionNetworkProps {
  /** IPv4 range in CIDR notation, from /16 to /22. */
  readonly cidr: string;
  /**
   * Availability zone ids (`use2-az1`), 2 to 8, never names: a letter means another zone in another account. A zone
   * added at the end moves no subnet that exists; another order does.
   */
  readonly zoneIds: readonly string[];
  /**
   * Whether the network has public subnets and an internet gateway, for an internet-facing load balancer.
   * @default true
   */
  readonly internetFacing?: boolean;
  /**
   * Way out for the private subnets: one NAT gateway in each zone, so that the loss of a zone stops no other, or
   * none. Clones need none: they reach AWS through endpoints.
   * @default 'none'
   */
  readonly natGateways?: 'per-zone' | 'none';
  /**
   * AWS services that the private subnets reach through interface endpoints, by the last part of the endpoint's
   * name. S3 and DynamoDB always have their gateway endpoints.
   * @default DEFAULT_INTERFACE_ENDPOINTS
   */
  readonly interfaceEndpoints?: readonly string[];
  /**
   * Whether the network records its accepted and refused flows.
   * @default true
   */
  readonly flowLogs?: boolean;
  /**
   * How long flow logs are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly flowLogRetention?: RetentionDays;
  /**
   * Key that encrypts the flow logs; its policy must let CloudWatch Logs use it.
   * @default - the key of CloudWatch Logs
   */
  readonly flowLogKey?: IKey;
}

/**
 * Network of one Region, zone by zone id: public subnets for the load balancer, private ones for clones, isolated
 * ones for data. Built without any lookup, so it synthesizes without credentials and is the same for everybody.
 */
export class RegionNetwork extends Construct {
  /** The network as the rest of CDK knows it. */
  readonly vpc: ec2.IVpc;
  /** Subnets of an internet-facing load balancer; empty when the network is not internet-facing. */
  readonly publicSubnets: ec2.SubnetSelection;
  /** Subnets of clones and workers. */
  readonly privateSubnets: ec2.SubnetSelection;
  /** Subnets without any way out, for databases and caches. */
  readonly isolatedSubnets: ec2.SubnetSelection;
  /** Interface endpoints by service, such as `sqs`. */
  readonly interfaceEndpoints: Readonly<Record<string, ec2.InterfaceVpcEndpoint>>;
  /** Where flow logs go; undefined when they are off. */
  readonly flowLogGroup?: ILogGroup;
  /** NAT gateways in the order of `zoneIds`; none where there are none. */
  readonly natGatewayIds: readonly string[];

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: RegionNetworkProps) {
    super(scope, id);
    const internetFacing = props.internetFacing ?? true;
    assertRules(`RegionNetwork ${this.node.path}`, networkRules(props));

    const network = new ec2.CfnVPC(this, 'Vpc', {
      cidrBlock: props.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: [{ key: 'Name', value: this.node.path }],
    });
    const ranges = carveSubnets(props.cidr, SUBNET_TIERS, props.zoneIds);
    const tier = (name: (typeof SUBNET_TIERS)[number]): TierSubnet[] =>
      declareTier(
        this,
        network.ref,
        ranges.filter(range => range.tier === name),
      );
    const isPublic = internetFacing ? tier('public') : [];
    const isPrivate = tier('private');
    const isIsolated = tier('isolated');
    const behindNat = props.natGateways === 'per-zone' ? isPrivate : [];
    const { connectivity, natGatewayIds } = internetFacing
      ? addInternetRoutes(this, network.ref, isPublic, behindNat)
      : { connectivity: [], natGatewayIds: [] };
    this.natGatewayIds = natGatewayIds;
    this.vpc = importNetwork(this, network, props.cidr, {
      public: isPublic,
      private: isPrivate,
      isolated: isIsolated,
      connectivity,
    });
    this.publicSubnets = { subnets: this.vpc.publicSubnets };
    this.privateSubnets = { subnets: this.vpc.privateSubnets };
    this.isolatedSubnets = { subnets: this.vpc.isolatedSubnets };

    this.interfaceEndpoints = addEndpoints(this, {
      vpc: this.vpc,
      cidr: props.cidr,
      subnets: this.privateSubnets,
      services: props.interfaceEndpoints ?? DEFAULT_INTERFACE_ENDPOINTS,
    });
    if (props.flowLogs ?? true) {
      this.flowLogGroup = addFlowLog(
        this,
        network.ref,
        props.flowLogRetention ?? RetentionDays.THREE_MONTHS,
        props.flowLogKey,
      );
    }
  }

  /**
   * Connections that a NAT gateway could not open for want of a port, from `AWS/NATGateway`; sum. To whoever calls
   * outside they look like timeouts of the other side.
   *
   * @param natGatewayId one of `natGatewayIds`
   */
  metricNatPortErrors(natGatewayId: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/NATGateway',
      metricName: 'ErrorPortAllocation',
      dimensionsMap: { NatGatewayId: natGatewayId },
      statistic: 'Sum',
      ...options,
    }).attachTo(this);
  }
}

function networkRules(props: RegionNetworkProps): Rule[] {
  const reading = readCidr(props.cidr);
  const zones = props.zoneIds;
  return [
    isCidrFault(reading)
      ? { path: 'cidr', received: props.cidr, ...reading }
      : wholeNumber('cidr (prefix length)', reading.prefix, 16, 22),
    wholeNumber('zoneIds (count)', zones.length, 2, 8),
    ...zones.map(
      (zone, index): Rule =>
        !/^[a-z]{2,5}[0-9]*-(?:[a-z0-9]+-)*az[0-9]+$/.test(zone) && {
          path: `zoneIds[${index}]`,
          received: zone,
          message: 'not an availability zone id',
          fix: 'use the zone id, such as use2-az1, which means the same zone in every account',
        },
    ),
    new Set(zones).size !== zones.length && {
      path: 'zoneIds',
      received: zones,
      message: 'a zone is named twice',
      fix: 'name each zone once',
    },
    props.internetFacing === false &&
      props.natGateways === 'per-zone' && {
        path: 'natGateways',
        received: props.natGateways,
        message: 'NAT gateways need public subnets',
        fix: 'set internetFacing to true, or natGateways to none',
      },
  ];
}
