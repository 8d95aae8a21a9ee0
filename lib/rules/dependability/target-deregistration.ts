import { COMPLIANT, type Rule, whetherAttribute } from '../rule';
import { asNumber } from '../value';

const KEY = 'deregistration_delay.timeout_seconds';

/** Requests under way are answered before their instance goes. */
export const targetDeregistration: Rule = {
  id: 'TargetDeregistration',
  title: 'a target group lets requests under way finish when a target leaves',
  why: 'with a delay of zero every deploy and every scale-in cuts the requests that the instance is answering',
  fix: `set the attribute ${KEY} above the longest request`,
  source: 'Elastic Load Balancing, deregistration delay',
  types: ['AWS::ElasticLoadBalancingV2::TargetGroup'],
  evaluate: group =>
    group.at('Properties.TargetType') === 'lambda'
      ? { state: 'not-applicable' }
      : group.at('Properties.TargetGroupAttributes') === undefined
        ? COMPLIANT
        : whetherAttribute(
            group,
            'Properties.TargetGroupAttributes',
            KEY,
            value => value === undefined || asNumber(value) > 0,
          ),
};
