import { NOT_APPLICABLE, type Rule, whetherAttribute } from '../rule';
import { isTrue } from '../value';

/** What clients were answered is on record. */
export const balancerAccessLogs: Rule = {
  id: 'BalancerAccessLogs',
  title: 'an Application Load Balancer writes access logs',
  why: 'metrics say how many requests failed and not which: after a move only the log tells what clients were answered meanwhile',
  fix: 'set the attributes access_logs.s3.enabled and access_logs.s3.bucket',
  source: 'law 8; Elastic Load Balancing, access logs',
  types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'],
  evaluate: balancer => {
    const type = balancer.at('Properties.Type');
    if (type === 'network' || type === 'gateway') return NOT_APPLICABLE;
    return whetherAttribute(balancer, 'Properties.LoadBalancerAttributes', 'access_logs.s3.enabled', isTrue);
  },
};
