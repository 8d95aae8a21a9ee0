import { spansZones } from '../parts/zones';
import { gravest, type Rule } from '../rule';

/** A load balancer spans zones. */
export const balancerZones: Rule = {
  id: 'BalancerZones',
  title: 'a load balancer spans at least two zones',
  why: 'the loss of its only zone takes the entry of the service, however many targets are left',
  fix: 'name a subnet in each of two or more zones',
  source: 'law 9; AWS Fault Isolation Boundaries, Availability Zones',
  types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'],
  evaluate: (balancer, template) =>
    gravest(
      ['Properties.Subnets', 'Properties.SubnetMappings'].map(path => spansZones(balancer, path, template)),
    ),
};
