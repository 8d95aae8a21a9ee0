import { concerns, type DriftRule, type Judged, type RuleContext } from '../classify/rule';
import type { ResourceChange } from '../model';
import { tfCapacityLowered } from './danger/tf-capacity-lowered';
import { tfDnsChange } from './danger/tf-dns-change';
import { tfEncryptionChanged } from './danger/tf-encryption-changed';
import { tfIamBroadening } from './danger/tf-iam-broadening';
import { tfNetworkOpened } from './danger/tf-network-opened';
import { tfProtectionOff } from './danger/tf-protection-off';
import { tfReplicaDetached } from './danger/tf-replica-detached';
import { tfRetentionLowered } from './danger/tf-retention-lowered';
import { tfStatefulLoss } from './danger/tf-stateful-loss';

/** The rules that warn of a danger in a Terraform plan. */
export const TERRAFORM_DANGERS: readonly DriftRule[] = [
  ...[tfStatefulLoss, tfReplicaDetached, tfIamBroadening, tfNetworkOpened, tfDnsChange],
  ...[tfProtectionOff, tfRetentionLowered, tfCapacityLowered, tfEncryptionChanged],
];

/** What they say of a change. */
export const dangersOf = (change: ResourceChange, context: RuleContext): readonly Judged[] =>
  TERRAFORM_DANGERS.filter(rule => concerns(rule, change.type)).flatMap(
    rule => (rule.judge(change, context) ?? []) as Judged | readonly Judged[],
  );
