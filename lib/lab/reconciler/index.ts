export { ArtifactStore } from './artifacts';
export { BalancerMetrics } from './balancer-metrics';
export { destroyClients, LAB_CALLER, type RegionClients, regionClients } from './clients';
export { DatabaseFollower } from './database-follower';
export { type FunctionEnvironment, readFunctions } from './functions';
export type { InstanceStatus, StruckInstances } from './instances';
export { Problems } from './problems';
export { Reconciler } from './reconciler';
export { type HeldKind, RegionFollower } from './region-follower';
