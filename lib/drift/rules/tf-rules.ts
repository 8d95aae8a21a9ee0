import type { DriftRule } from '../classify/rule';
import { tfCheckFailed } from './change/tf-check-failed';
import { tfDeposed } from './change/tf-deposed';
import { tfDrift } from './change/tf-drift';
import { tfLeftUnmanaged } from './change/tf-left-unmanaged';
import { tfOutput } from './change/tf-output';
import { tfReplacement } from './change/tf-replacement';
import { tfStateOnly } from './change/tf-state-only';
import { tfDriftKept } from './expected/tf-drift-kept';
import { tfRoleSwap } from './expected/tf-role-swap';
import { tfScaled } from './expected/tf-scaled';
import { tfComputed } from './noise/tf-computed';
import { tfConfigTimestamps } from './noise/tf-config-timestamps';
import { tfDataRead } from './noise/tf-data-read';
import { tfDnsEcho } from './noise/tf-dns-echo';
import { tfEmptyForms } from './noise/tf-empty-forms';
import { tfGlobalParent } from './noise/tf-global-parent';
import { tfJsonForms } from './noise/tf-json-forms';
import { tfTagsAll } from './noise/tf-tags-all';
import { TERRAFORM_DANGERS } from './tf-dangers';

/** Every rule about Terraform plans: those that explain away, those that warn, those that tell. */
export const TERRAFORM_RULES: readonly DriftRule[] = [
  ...[tfConfigTimestamps, tfEmptyForms, tfTagsAll, tfComputed, tfDataRead, tfGlobalParent, tfJsonForms],
  ...[tfDnsEcho, tfScaled, tfRoleSwap, tfDriftKept],
  ...TERRAFORM_DANGERS,
  ...[tfStateOnly, tfLeftUnmanaged, tfDeposed, tfCheckFailed, tfOutput, tfReplacement, tfDrift],
];
