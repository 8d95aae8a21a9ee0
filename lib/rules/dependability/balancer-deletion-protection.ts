import { type Rule, whetherAttribute } from '../rule';
import { isTrue } from '../value';

/** The entry of a service cannot be deleted by one call. */
export const balancerDeletionProtection: Rule = {
  id: 'BalancerDeletionProtection',
  title: 'a load balancer is protected from deletion',
  why: 'its generated name is what DNS points at: a new one has another, and records must then be changed through a global control plane',
  fix: 'set the attribute deletion_protection.enabled to true',
  source: 'law 2; Elastic Load Balancing, deletion protection',
  types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'],
  evaluate: balancer =>
    whetherAttribute(balancer, 'Properties.LoadBalancerAttributes', 'deletion_protection.enabled', isTrue),
};
