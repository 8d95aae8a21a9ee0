import { absent, type Rule } from '../rule';

/** A group has no desired capacity in its template. */
export const desiredCapacity: Rule = {
  id: 'DesiredCapacity',
  title: 'an Auto Scaling group has no desired capacity in its template',
  why: 'every deploy sets the group back to that number, and throws away capacity that was scaled out, after a failover too',
  fix: 'remove DesiredCapacity; keep MinSize, MaxSize and a scaling policy',
  source: 'law 4; aws-cdk #5215, #3919',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  evaluate: group => absent(group, 'Properties.DesiredCapacity'),
};
