/** The facts layer: topology, Region catalogue and arithmetic. Pure data and pure functions. */

export { assertWithinBudget, type BudgetLever, budgetLevers } from './budget-check';
export { ALIAS_TTL_SECONDS } from './budget-lines';
export {
  clonesForPeak,
  clonesInLargestZone,
  leftAfterZoneLoss,
  type RegionCapacity,
  regionCapacity,
  withZoneLossHeadroom,
} from './capacity';
export {
  commonRegisterSet,
  type Partition,
  REGION_CATALOG,
  type RegionFacts,
  type RegisterSet,
  regionFacts,
  regionOfZone,
  registerSetMembers,
  zonesOffered,
} from './catalog';
export {
  addressCount,
  type Cidr,
  carveSubnets,
  cidrContains,
  cidrsOverlap,
  formatCidr,
  parseCidr,
  type SubnetRange,
} from './cidr';
export { type ClientPolicy, clientPolicy, clientPolicyModule, clientPolicyPairs } from './client-policy';
export { type HomeTopology, homeOf, homesOf, refuseHomes } from './homes';
export type { JourneySpec, ServiceLevelSpec } from './journeys';
export { residencyRules } from './jurisdictions';
export { type LoadOptions, loadTopology } from './load';
export { hostOf, optInRegions, regionOf, seedRegion, standbyRegions } from './lookup';
export {
  type BudgetLine,
  type ModeBudget,
  type MoveMode,
  PHASES,
  type Phase,
  type RecoveryBudget,
  type RpoBasis,
  recoveryBudget,
  type ScaledBudget,
  scaledBudget,
} from './objectives';
export {
  RECOVERY_DEFAULTS,
  type ResolvedCapacity,
  type ResolvedDatabase,
  type ResolvedRecovery,
  type ResolvedRegion,
  type ResolvedTopology,
  resolveRecovery,
} from './recovery';
export {
  BURN_RATES,
  type BurnRate,
  burnFactor,
  burnThreshold,
  detectionMinutes,
  errorBudget,
  OUTSIDE_LEVEL,
  SERVICE_LEVEL_WINDOW_DAYS,
  type ServiceObjective,
  type WatchedLevel,
  watchedLevels,
} from './service-levels';
export {
  type CacheSpec,
  type CapacitySpec,
  type DatabaseSpec,
  type DnsSpec,
  defineTopology,
  type GateSpec,
  type HomeSpec,
  type JurisdictionSpec,
  type ObjectivesSpec,
  type RecoverySpec,
  type RegionSpec,
  type RegisterSpec,
  type Topology,
} from './topology';
export { topologyWarnings } from './warnings';
