/** The reliability rules, one a file, by id. */
import type { Rule } from '../rule';
import { alarmMissingData } from './alarm-missing-data';
import { balancerAccessLogs } from './balancer-access-logs';
import { balancerDeletionProtection } from './balancer-deletion-protection';
import { balancerZones } from './balancer-zones';
import { cacheFailoverNodes } from './cache-failover-nodes';
import { cacheMultiZone } from './cache-multi-zone';
import { clusterZones } from './cluster-zones';
import { codeDeployCopy } from './code-deploy-copy';
import { configAlarms } from './config-alarms';
import { configBake } from './config-bake';
import { configChain } from './config-chain';
import { crossRegionReference } from './cross-region-reference';
import { databaseBackups } from './database-backups';
import { databaseDeletionProtection } from './database-deletion-protection';
import { desiredCapacity } from './desired-capacity';
import { experimentLog } from './experiment-log';
import { experimentStop } from './experiment-stop';
import { experimentTarget } from './experiment-target';
import { failoverRecordIdentity } from './failover-record-identity';
import { failoverRecordRoles } from './failover-record-roles';
import { failoverRole } from './failover-role';
import { failoverTtl } from './failover-ttl';
import { fifoBatchingWindow } from './fifo-batching-window';
import { functionRuntime } from './function-runtime';
import { globalCacheFailover } from './global-cache-failover';
import { globalClusterSource } from './global-cluster-source';
import { groupHealthCheck } from './group-health-check';
import { groupUpdatePolicy } from './group-update-policy';
import { groupZones } from './group-zones';
import { healthCheckAddress } from './health-check-address';
import { healthCheckAlarm } from './health-check-alarm';
import { healthCheckChildren } from './health-check-children';
import { healthCheckNumbers } from './health-check-numbers';
import { healthPaths } from './health-paths';
import { instanceAddress } from './instance-address';
import { instanceMetadata } from './instance-metadata';
import { logRetention } from './log-retention';
import { multiRegionKey } from './multi-region-key';
import { natPerZone } from './nat-per-zone';
import { primaryRecordSignal } from './primary-record-signal';
import { queueDeadLetter } from './queue-dead-letter';
import { queueDeadLetterKind } from './queue-dead-letter-kind';
import { queueFifoName } from './queue-fifo-name';
import { queueVisibility } from './queue-visibility';
import { queueVisibilityMargin } from './queue-visibility-margin';
import { recordSingleSignal } from './record-single-signal';
import { regionSwitchName } from './region-switch-name';
import { rollingUpdateMinimum } from './rolling-update-minimum';
import { rollingUpdateSignals } from './rolling-update-signals';
import { secondaryCluster } from './secondary-cluster';
import { secretReplicaHost } from './secret-replica-host';
import { serviceDesiredCount } from './service-desired-count';
import { statefulRetention } from './stateful-retention';
import { streamAgeAlarm } from './stream-age-alarm';
import { streamBisect } from './stream-bisect';
import { streamFailureDestination } from './stream-failure-destination';
import { streamRetryBounds } from './stream-retry-bounds';
import { strongTableExpiry } from './strong-table-expiry';
import { strongTableVotes } from './strong-table-votes';
import { tableDeletionProtection } from './table-deletion-protection';
import { tableRecovery } from './table-recovery';
import { targetDeregistration } from './target-deregistration';

/** Name of the pack; findings carry it in front of the rule's id. */
export const DEPENDABILITY = 'Dependability';

/** Every rule of the pack, in the order of their ids. */
export const DEPENDABILITY_RULES: readonly Rule[] = [
  alarmMissingData,
  balancerAccessLogs,
  balancerDeletionProtection,
  balancerZones,
  cacheFailoverNodes,
  cacheMultiZone,
  clusterZones,
  codeDeployCopy,
  configAlarms,
  configBake,
  configChain,
  crossRegionReference,
  databaseBackups,
  databaseDeletionProtection,
  desiredCapacity,
  experimentLog,
  experimentStop,
  experimentTarget,
  failoverRecordIdentity,
  failoverRecordRoles,
  failoverRole,
  failoverTtl,
  fifoBatchingWindow,
  functionRuntime,
  globalCacheFailover,
  globalClusterSource,
  groupHealthCheck,
  groupUpdatePolicy,
  groupZones,
  healthCheckAddress,
  healthCheckAlarm,
  healthCheckChildren,
  healthCheckNumbers,
  healthPaths,
  instanceAddress,
  instanceMetadata,
  logRetention,
  multiRegionKey,
  natPerZone,
  primaryRecordSignal,
  queueDeadLetter,
  queueDeadLetterKind,
  queueFifoName,
  queueVisibility,
  queueVisibilityMargin,
  recordSingleSignal,
  regionSwitchName,
  rollingUpdateMinimum,
  rollingUpdateSignals,
  secondaryCluster,
  secretReplicaHost,
  serviceDesiredCount,
  statefulRetention,
  streamAgeAlarm,
  streamBisect,
  streamFailureDestination,
  streamRetryBounds,
  strongTableExpiry,
  strongTableVotes,
  tableDeletionProtection,
  tableRecovery,
  targetDeregistration,
];
