import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { routingAnswer } from '../../constructs/traffic/routing-answer';
import { type RoutingTemplate, routingZoneOf } from '../../constructs/traffic/routing-template';
import { gateHost } from '../../lib/naming';
import type { RegionSpec } from '../../regions';
import orders from '../../regions/examples/orders';
import { DnsStack } from '../../stacks/dns-stack';
import { regionContext } from '../../stacks/region-context';
import { example } from './example';

const region = (name: string, prefix: string, network: number): RegionSpec => ({
  name,
  zones: [1, 2, 4].map(zone => `${prefix}-az${zone}`),
  cidr: `10.${network}.0.0/16`,
});
const FIVE = [
  ...orders.regions,
  region('us-east-1', 'use1', 130),
  region('ca-central-1', 'cac1', 140),
  { ...region('sa-east-1', 'sae1', 150), zones: ['sae1-az1', 'sae1-az2', 'sae1-az3'] },
];
const ofLength = (length: number) =>
  example({
    regions: FIVE.slice(0, length),
    register: length === 2 ? orders.register : { kind: length === 3 ? 'strong' : 'eventual' },
  });

test.each([2, 3, 4, 5])('a topology of %i Regions: each is answered while the register names it', length => {
  const topology = ofLength(length);
  const names = topology.regions.map(({ name }) => name);
  const templates = names.map(name => {
    const context = regionContext(topology, name);
    const aliasTarget = { dnsName: `gate.${name}.test`, hostedZoneId: 'ZGATE' };
    const stack = new DnsStack(new App(), 'dns', {
      context,
      service: { dnsName: `balancer.${name}.test`, hostedZoneId: 'ZBALANCER' },
      gates: context.homes.map(home => ({ context: home, gate: { aliasTarget } })),
    });
    return [name, Template.fromStack(stack).toJSON() as RoutingTemplate] as const;
  });
  const zone = routingZoneOf(Object.fromEntries(templates));
  const host = 'orders.example.com';
  for (const active of names) {
    const endpointAnswers = (asked: string) => asked === gateHost(active, host);
    expect(routingAnswer(zone, host, { endpointAnswers })).toBe(`balancer.${active}.test`);
  }
});

test.each([4, 5])('a strong register cannot hold a chain of %i', length => {
  expect(() => example({ regions: FIVE.slice(0, length), register: { kind: 'strong' } })).toThrow(
    /register\.kind/,
  );
});
