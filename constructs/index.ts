/** The building blocks, each of which stands alone in any CDK app. */

export { AnalyticsFeed } from './async/analytics-feed';
export type { AnalyticsFeedOptions, AnalyticsFeedProps } from './async/analytics-feed-props';
export { AnalyticsTable } from './async/analytics-table';
export type {
  AnalyticsColumnType,
  AnalyticsTableOptions,
  AnalyticsTableProps,
} from './async/analytics-table-props';
export { type ChangeConsumerOptions, ChangeFeed, type ChangeFeedProps } from './async/change-feed';
export { EventStore, type EventStoreProps, type ProjectionOptions } from './async/event-store';
export { QueueWorker } from './async/queue-worker';
export type {
  QueueFunctionOptions,
  QueueWorkerOptions,
  QueueWorkerProps,
  ScaleOnBacklogOptions,
} from './async/queue-worker-props';
export { Saga } from './async/saga';
export type { SagaProps, SagaStep } from './async/saga-props';
export {
  type BoundStream,
  type KafkaTopicOptions,
  type KinesisSourceOptions,
  type StreamSource,
  StreamSources,
} from './async/stream-source';
export { StreamWorker } from './async/stream-worker';
export type { StreamWorkerOptions, StreamWorkerProps } from './async/stream-worker-props';
export type { WorkerFunctionOptions } from './async/worker-function';
export {
  Artifact,
  type ArtifactFile,
  type ArtifactFiles,
  type ArtifactObjects,
  type BoundArtifact,
} from './compute/artifact';
export { ArtifactBucket, type ArtifactBucketProps } from './compute/artifact-bucket';
export {
  ArtifactSynthesizer,
  type ArtifactSynthesizerProps,
  type ArtifactUpload,
} from './compute/artifact-synthesizer';
export type {
  CapacityReservationOptions,
  CloneWarmPoolOptions,
  MixedInstancesOptions,
} from './compute/clone-capacity';
export {
  CloneGroup,
  type CloneGroupOptions,
  type CloneGroupProps,
  type ScaleOnQueueOptions,
  type ScaleOnRequestsOptions,
} from './compute/clone-group';
export type { CloneLifecycleOptions } from './compute/clone-lifecycle';
export type { CloneUpdate, InstanceRefresh, RollingUpdate } from './compute/clone-update';
export type { ArtifactEntry } from './compute/user-data';
export {
  ConfigRollout,
  type ConfigRolloutOptions,
  type ConfigRolloutProps,
  type ConfigurationOptions,
} from './config/config-rollout';
export type { Json, JsonSchema } from './config/configuration-content';
export { assertValidFeatureFlags, featureFlagProblems } from './config/feature-flags';
export {
  LIVE_SETTINGS_METADATA,
  LiveSetting,
  type LiveSettingProps,
  type LiveSettingRange,
} from './config/live-setting';
export {
  LiveSettingsController,
  type LiveSettingsControllerProps,
  type WeightedBalancer,
} from './config/live-settings-controller';
export {
  ROLLOUT_STRATEGIES,
  type RolloutStrategy,
  type RolloutStrategyName,
} from './config/rollout-strategy';
export { ServiceDirectory } from './config/service-directory';
export {
  type MeshServiceOptions,
  ServiceNetwork,
  type ServiceNetworkProps,
} from './config/service-directory-network';
export type {
  DirectoryServiceOptions,
  ServiceDirectoryProps,
  ServiceNetworkOptions,
} from './config/service-directory-props';
export { BackupPlan } from './data/backup-plan';
export type {
  BackupLifecycle,
  BackupPlanOptions,
  BackupPlanProps,
  BackupRule,
  BackupSelection,
  VaultLock,
} from './data/backup-plan-props';
export { CacheTier } from './data/cache-tier';
export type {
  CacheEngine,
  CacheTierOptions,
  CacheTierProps,
  ClusterMode,
  GlobalDatastoreMember,
} from './data/cache-tier-props';
export { GlobalDatabase } from './data/global-database';
export type { IGlobalDatabase } from './data/global-database-access';
export type {
  GlobalDatabaseMember,
  GlobalDatabaseOptions,
  GlobalDatabaseProps,
  RecoveryPointBasis,
  ServerlessCapacity,
} from './data/global-database-props';
export { GlobalTable } from './data/global-table';
export type { GlobalTableAttributes, IGlobalTable } from './data/global-table-access';
export type {
  CapacityRange,
  GlobalTableCapacity,
  GlobalTableIndex,
  GlobalTableOptions,
  GlobalTableProps,
  KeyAttribute,
} from './data/global-table-props';
export type { GlobalDatabaseAttributes } from './data/named-global-database';
export { ObjectStore } from './data/object-store';
export type { ObjectStoreOptions, ObjectStorePeer, ObjectStoreProps } from './data/object-store-props';
export { Register, type RegisterConsistency, type RegisterProps } from './data/register';
export type { IRegister, RegisterMoveScope, RegisterRecords } from './data/register-access';
export {
  ServerlessCache,
  type ServerlessCacheOptions,
  type ServerlessCacheProps,
} from './data/serverless-cache';
export { ShardedDatabase, type ShardedDatabaseProps, type ShardRing } from './data/sharded-database';
export {
  DeployInterlock,
  type DeployInterlockOptions,
  type DeployInterlockProps,
} from './delivery/deploy-interlock';
export {
  ReleaseController,
  type ReleaseControllerOptions,
  type ReleaseControllerProps,
} from './delivery/release-controller';
export { DEFAULT_INTERFACE_ENDPOINTS } from './network/endpoints';
export { RegionNetwork, type RegionNetworkProps } from './network/region-network';
export { Canary, type CanaryCheck, type CanaryOptions, type CanaryProps } from './operations/canary';
export type { ExperimentId } from './operations/chaos-actions';
export {
  ChaosExperiments,
  type ChaosExperimentsOptions,
  type ChaosExperimentsProps,
} from './operations/chaos-experiments';
export {
  type EventCounts,
  eventIndicator,
  type ServiceIndicator,
  type ValuesWithin,
  valueIndicator,
} from './operations/service-indicator';
export { ServiceLevel, type ServiceLevelOptions, type ServiceLevelProps } from './operations/service-level';
export { type Acknowledgement, acknowledge, acknowledgements } from './policy/acknowledge';
export { applyPolicy } from './policy/apply-policy';
export { DependabilityChecks } from './policy/dependability/dependability-checks';
export type { OperatorJobs } from './policy/operator-jobs';
export { OperatorRole, type OperatorRoleProps } from './policy/operator-role';
export {
  POLICY_REPORT_FILE,
  type PolicyFinding,
  type PolicyJudgements,
  type PolicyReport,
  readPolicyReport,
} from './policy/policy-report';
export type { AliasTarget } from './traffic/alias-target';
export type { BalancerProps } from './traffic/balancer-props';
export { BlueGreenBalancer, type BlueGreenBalancerProps } from './traffic/blue-green-balancer';
export { EdgeGuard } from './traffic/edge-guard';
export type {
  EdgeGuardOptions,
  EdgeGuardProps,
  KeyRateLimit,
  ManagedGroup,
  RateLimit,
  RateWindowSeconds,
} from './traffic/edge-guard-props';
export { HealthBeacon, type HealthBeaconProps } from './traffic/failover-beacon';
export { FailoverDns, type FailoverDnsProps } from './traffic/failover-dns';
export { FailoverRequester } from './traffic/failover-requester';
export type { FailoverRequesterProps } from './traffic/failover-requester-props';
export { Gate, type GateProps } from './traffic/gate';
export type { GateCheckOptions } from './traffic/gate-checks';
export { NetworkBalancer, type NetworkBalancerProps } from './traffic/network-balancer';
export { RegionSwitch, type SwitchAction } from './traffic/region-switch';
export type { SwitchCustomStep } from './traffic/region-switch-custom';
export type { SwitchPlan, SwitchPlanStep } from './traffic/region-switch-plan';
export type { RegionSwitchProps, SwitchDatabase } from './traffic/region-switch-props';
export {
  type RoutingCheck,
  type RoutingRecord,
  type RoutingWorld,
  type RoutingZone,
  routingAnswer,
} from './traffic/routing-answer';
export type { RoutingControlEndpoint, RoutingControlTurn } from './traffic/routing-control-turn';
export { RoutingControls, type RoutingControlsProps } from './traffic/routing-controls';
export { type Home, HomesDns, type HomesDnsProps } from './traffic/routing-homes';
export { LatencyReads, type LatencyReadsProps } from './traffic/routing-reads';
export type { AlarmSignal, CalculatedSignal, EndpointSignal, RoutingSignal } from './traffic/routing-signal';
export { type RoutingTemplate, routingZoneOf } from './traffic/routing-template';
