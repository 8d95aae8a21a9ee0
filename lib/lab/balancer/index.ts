export { Balancer, type BalancerOptions } from './balancer';
export type { HealthSettings, Target, TargetGroup, TargetHealth, TargetState } from './types';
