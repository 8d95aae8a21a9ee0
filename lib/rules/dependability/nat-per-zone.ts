import { zoneOf } from '../parts/zones';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource, Template } from '../template';

/** A zone's way out stands in that zone. */
export const natPerZone: Rule = {
  id: 'NatPerZone',
  title: 'a NAT gateway serves the subnets of one zone',
  why: 'when its zone is lost the instances of the other zones lose their way out too, and a failure of one zone becomes one of the Region',
  fix: 'make a NAT gateway in each zone and route each zone to its own, or use VPC endpoints and none',
  source: 'law 9; Amazon VPC, NAT gateways (make them in each zone)',
  types: ['AWS::EC2::NatGateway'],
  evaluate: (gateway, template) => {
    const served = servedZones(gateway, template);
    const zones = new Set(served.filter(zone => zone !== undefined));
    if (zones.size > 1) return broken('Properties.SubnetId');
    if (served.includes(undefined)) return unknown('Properties.SubnetId');
    return zones.size === 1 ? COMPLIANT : NOT_APPLICABLE;
  },
};

/** Zones of the subnets whose route table has a route to the gateway; `undefined` for one that is not told. */
function servedZones(gateway: Resource, template: Template): readonly (string | undefined)[] {
  const routes = template
    .referrersOf(gateway)
    .filter(
      ({ resource, path }) => resource.type === 'AWS::EC2::Route' && path === 'Properties.NatGatewayId',
    );
  return routes.flatMap(({ resource: route }) => {
    const table = template.follow(route.at('Properties.RouteTableId'));
    if (table === undefined) return [undefined];
    return template
      .referrersOf(table)
      .filter(({ resource }) => resource.type === 'AWS::EC2::SubnetRouteTableAssociation')
      .map(({ resource }) => zoneOf(template.follow(resource.at('Properties.SubnetId'))));
  });
}
