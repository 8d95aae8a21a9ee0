import { NOT_APPLICABLE, type Rule, whether } from '../rule';
import { asNumber } from '../value';

/** A rolling update leaves instances in service. */
export const rollingUpdateMinimum: Rule = {
  id: 'RollingUpdateMinimum',
  title: 'a rolling update leaves at least one instance in service',
  why: 'the default is zero: every old instance is drained before a new one is healthy, and the service answers with errors until it is',
  fix: 'set MinInstancesInService to the capacity that the service needs',
  source: 'succinctlabs/sp1-tee PR 18; aws-cdk #1080',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  evaluate: group =>
    group.at('UpdatePolicy.AutoScalingRollingUpdate') === undefined
      ? NOT_APPLICABLE
      : whether(
          group,
          'UpdatePolicy.AutoScalingRollingUpdate.MinInstancesInService',
          value => asNumber(value) >= 1,
        ),
};
