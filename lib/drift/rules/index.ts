import type { DriftRule } from '../classify/rule';
import { capacityLowered } from './danger/capacity-lowered';
import { clusterZones } from './danger/cluster-zones';
import { dnsChange } from './danger/dns-change';
import { encryptionChanged } from './danger/encryption-changed';
import { exportInUse } from './danger/export-in-use';
import { iamBroadening } from './danger/iam-broadening';
import { managedGroupGone } from './danger/managed-group-gone';
import { networkOpened } from './danger/network-opened';
import { protectionOff } from './danger/protection-off';
import { recordCollision } from './danger/record-collision';
import { regionLacks } from './danger/region-lacks';
import { replicaDetached } from './danger/replica-detached';
import { resolvedAtDeploy } from './danger/resolved-at-deploy';
import { retentionLowered } from './danger/retention-lowered';
import { statefulLoss } from './danger/stateful-loss';
import { statefulRenamed } from './danger/stateful-renamed';
import { bornOnce } from './expected/born-once';
import { delegatedWeights } from './expected/delegated-weights';
import { expectedRoll } from './expected/expected-roll';
import { failoverChain } from './expected/failover-chain';
import { liveSetting } from './expected/live-setting';
import { regionalFact } from './expected/regional-fact';
import { roleSwap } from './expected/role-swap';
import { scaledByPolicy } from './expected/scaled-by-policy';
import { assetHash } from './noise/asset-hash';
import { dnsEcho } from './noise/dns-echo';
import { globalParent } from './noise/global-parent';
import { listOrder } from './noise/list-order';
import { mangledText } from './noise/mangled-text';
import { policyForm } from './noise/policy-form';
import { serviceAdded } from './noise/service-added';
import { toolMetadata } from './noise/tool-metadata';
import { PROBE_RULES } from './probe-rules';
import { TERRAFORM_RULES } from './tf-rules';

/** Every rule, those that explain away before those that warn. */
export const DRIFT_RULES: readonly DriftRule[] = [
  ...[toolMetadata, listOrder, assetHash, policyForm, dnsEcho, mangledText, serviceAdded, globalParent],
  ...[
    liveSetting,
    delegatedWeights,
    scaledByPolicy,
    expectedRoll,
    roleSwap,
    regionalFact,
    bornOnce,
    failoverChain,
  ],
  ...[statefulLoss, statefulRenamed, replicaDetached, iamBroadening, networkOpened, dnsChange],
  ...[recordCollision, protectionOff, retentionLowered, capacityLowered, encryptionChanged],
  ...[exportInUse, managedGroupGone, clusterZones, resolvedAtDeploy, regionLacks],
  ...PROBE_RULES,
  ...TERRAFORM_RULES,
];
