import type { DriftRule } from '../../classify/rule';
import { isTerraform } from '../tf-values';

/** Forgetting is no deletion, and it is not nothing. */
export const tfLeftUnmanaged: DriftRule = {
  id: 'tf-left-unmanaged',
  class: 'change',
  title: 'an object is forgotten: it stays, and nothing manages it any more',
  why: 'it stays in the account as it is; no plan changes, protects or deletes it from now on',
  fix: 'import it where it is to be managed, or delete it by hand',
  source: 'hashicorp/terraform-json#125; runatlantis/atlantis#6538',
  judge: change => {
    if (!isTerraform(change) || change.action !== 'forget') return undefined;
    return change.after === undefined
      ? { holds: 'yes' }
      : { holds: 'yes', why: 'a new one is made, and the old one stays without an owner' };
  },
};
