export { Balancer, type BalancerOptions } from './balancer';
export type { BalancerCounts, GroupCounts } from './counts';
export type { HealthSettings, Target, TargetGroup, TargetHealth, TargetState } from './types';
