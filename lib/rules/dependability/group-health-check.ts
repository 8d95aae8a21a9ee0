import { NOT_APPLICABLE, type Rule, whether } from '../rule';
import { asList } from '../value';

/** A group behind a load balancer replaces what the load balancer finds unhealthy. */
export const groupHealthCheck: Rule = {
  id: 'GroupHealthCheck',
  title: 'an Auto Scaling group behind a load balancer uses its health check',
  why: 'EC2 checks only see whether the machine runs: an instance whose service hangs gets no traffic and is never replaced',
  fix: 'set HealthCheckType to ELB, with a grace period',
  source: 'law 9; Amazon EC2 Auto Scaling, health checks for instances in an Auto Scaling group',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  evaluate: group => {
    const targets = ['TargetGroupARNs', 'LoadBalancerNames', 'TrafficSources'];
    if (targets.every(name => asList(group.at(`Properties.${name}`)).length === 0)) return NOT_APPLICABLE;
    return whether(
      group,
      'Properties.HealthCheckType',
      value => typeof value === 'string' && /\b(ELB|VPC_LATTICE)\b/.test(value),
    );
  },
};
