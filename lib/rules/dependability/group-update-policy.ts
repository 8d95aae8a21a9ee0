import { broken, COMPLIANT, type Rule, unknown } from '../rule';
import { PERHAPS_ABSENT } from '../value';

const POLICIES = ['AutoScalingRollingUpdate', 'AutoScalingReplacingUpdate', 'AutoScalingInstanceRefresh'];

/** A group says how its instances are replaced. */
export const groupUpdatePolicy: Rule = {
  id: 'GroupUpdatePolicy',
  title: 'an Auto Scaling group says how its instances are replaced',
  why: 'without an update policy a changed launch template rolls nothing: the deploy is green and the old version runs on',
  fix: 'add UpdatePolicy.AutoScalingRollingUpdate with MinInstancesInService and signals',
  source: 'aws-cdk #1080, PR 29113',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  evaluate: group => {
    const policies = POLICIES.map(name => group.at(`UpdatePolicy.${name}`));
    if (policies.some(policy => policy !== undefined && policy !== PERHAPS_ABSENT)) return COMPLIANT;
    return policies.includes(PERHAPS_ABSENT) ? unknown('UpdatePolicy') : broken('UpdatePolicy');
  },
};
