import { NOT_APPLICABLE, type Rule, whether } from '../rule';
import { isTrue } from '../value';

/** A rolling update waits until new instances say that they are up. */
export const rollingUpdateSignals: Rule = {
  id: 'RollingUpdateSignals',
  title: 'a rolling update waits for the signal of each new instance',
  why: 'without signals the next batch is replaced while the last one still boots, or never will, and a broken version reaches every instance',
  fix: 'set WaitOnResourceSignals to true and PauseTime to at least the time an instance takes to be ready',
  source: 'aws-cdk #1080, PR 29113',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  evaluate: group =>
    group.at('UpdatePolicy.AutoScalingRollingUpdate') === undefined
      ? NOT_APPLICABLE
      : whether(group, 'UpdatePolicy.AutoScalingRollingUpdate.WaitOnResourceSignals', isTrue),
};
