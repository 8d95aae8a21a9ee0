import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IDependable } from 'constructs';
import { type Construct, DependencyGroup } from 'constructs';
import type { SubnetRange } from '../../regions/cidr';

/** Tiers of a network, in the order in which their ranges are carved; that order never changes. */
export const SUBNET_TIERS = ['public', 'private', 'isolated'] as const;

/** A subnet with the route table that is its own. */
export interface TierSubnet {
  readonly subnet: ec2.CfnSubnet;
  readonly routeTable: ec2.CfnRouteTable;
  /** Short id that is unique in the network: `PublicUse2az1`. */
  readonly label: string;
}

/**
 * Declares the subnets of a tier by zone **id**: the L2 `Subnet` knows zone names only, and a name means another
 * zone in another account. A route table of its own keeps the loss of a zone in that zone.
 */
export function declareTier(scope: Construct, vpcId: string, ranges: readonly SubnetRange[]): TierSubnet[] {
  return ranges.map(range => {
    const label = capital(range.tier) + capital(range.zone.replace(/-/g, ''));
    const tags = [{ key: 'Name', value: `${scope.node.path}/${range.tier}/${range.zone}` }];
    const subnet = new ec2.CfnSubnet(scope, `${label}Subnet`, {
      vpcId,
      cidrBlock: range.cidr,
      availabilityZoneId: range.zone,
      mapPublicIpOnLaunch: false,
      tags: [...tags, { key: 'holdfast:tier', value: range.tier }],
    });
    const routeTable = new ec2.CfnRouteTable(scope, `${label}Routes`, { vpcId, tags });
    new ec2.CfnSubnetRouteTableAssociation(scope, `${label}Association`, {
      subnetId: subnet.ref,
      routeTableId: routeTable.ref,
    });
    return { subnet, routeTable, label };
  });
}

/** Ways in and out. */
export interface InternetRoutes {
  /** What must exist before anything can be reached from the internet. */
  readonly connectivity: readonly IDependable[];
  /** NAT gateways in the order of the zones; none where there are none. */
  readonly natGatewayIds: readonly string[];
}

/**
 * Gives the public subnets an internet gateway and, where asked, each private subnet the NAT gateway of its own
 * zone.
 */
export function addInternetRoutes(
  scope: Construct,
  vpcId: string,
  publicTier: readonly TierSubnet[],
  behindNat: readonly TierSubnet[],
): InternetRoutes {
  const gateway = new ec2.CfnInternetGateway(scope, 'InternetGateway', {
    tags: [{ key: 'Name', value: scope.node.path }],
  });
  const attachment = new ec2.CfnVPCGatewayAttachment(scope, 'InternetAttachment', {
    vpcId,
    internetGatewayId: gateway.ref,
  });
  const routes = publicTier.map(({ routeTable, label }) => {
    const route = new ec2.CfnRoute(scope, `${label}Default`, {
      routeTableId: routeTable.ref,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.ref,
    });
    route.addResourceDependency(attachment);
    return route;
  });
  const natGateways = behindNat.flatMap((subnet, index) => {
    const zonal = publicTier[index];
    return zonal === undefined ? [] : [addNatGateway(scope, subnet, zonal, attachment)];
  });
  return { connectivity: [attachment, ...routes], natGatewayIds: natGateways.map(({ ref }) => ref) };
}

function addNatGateway(
  scope: Construct,
  inner: TierSubnet,
  outer: TierSubnet,
  attachment: ec2.CfnVPCGatewayAttachment,
): ec2.CfnNatGateway {
  const address = new ec2.CfnEIP(scope, `${outer.label}NatAddress`, { domain: 'vpc' });
  address.addResourceDependency(attachment);
  const nat = new ec2.CfnNatGateway(scope, `${outer.label}Nat`, {
    subnetId: outer.subnet.ref,
    allocationId: address.attrAllocationId,
    tags: [{ key: 'Name', value: `${scope.node.path}/${outer.label}` }],
  });
  new ec2.CfnRoute(scope, `${inner.label}Default`, {
    routeTableId: inner.routeTable.ref,
    destinationCidrBlock: '0.0.0.0/0',
    natGatewayId: nat.ref,
  });
  return nat;
}

/** The declared tiers, and what internet access waits for. */
export interface DeclaredNetwork {
  readonly public: readonly TierSubnet[];
  readonly private: readonly TierSubnet[];
  readonly isolated: readonly TierSubnet[];
  readonly connectivity: readonly IDependable[];
}

/** The network as an `IVpc`. Zone names are read from the subnets by CloudFormation, so synth needs none. */
export function importNetwork(
  scope: Construct,
  network: ec2.CfnVPC,
  cidr: string,
  declared: DeclaredNetwork,
): ec2.IVpc {
  const ids = (tier: readonly TierSubnet[]) => tier.map(({ subnet }) => subnet.ref);
  const tables = (tier: readonly TierSubnet[]) => tier.map(({ routeTable }) => routeTable.ref);
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId: network.ref,
    vpcCidrBlock: cidr,
    availabilityZones: declared.private.map(({ subnet }) => subnet.attrAvailabilityZone),
    publicSubnetIds: ids(declared.public),
    publicSubnetRouteTableIds: tables(declared.public),
    privateSubnetIds: ids(declared.private),
    privateSubnetRouteTableIds: tables(declared.private),
    isolatedSubnetIds: ids(declared.isolated),
    isolatedSubnetRouteTableIds: tables(declared.isolated),
  });
  if (vpc.internetConnectivityEstablished instanceof DependencyGroup) {
    vpc.internetConnectivityEstablished.add(...declared.connectivity);
  }
  return vpc;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
