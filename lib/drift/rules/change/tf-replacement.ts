import { concerns, type DriftRule } from '../../classify/rule';
import { tfStatefulLoss } from '../danger/tf-stateful-loss';
import { isTerraform } from '../tf-values';

const REASONS: Readonly<Record<string, string>> = {
  replace_because_cannot_update: 'a value changes that cannot be changed in place',
  replace_because_tainted: 'it is marked as tainted: its creation, or somebody by hand, did not trust it',
  replace_by_request: 'the plan was made with -replace',
  replace_by_triggers: 'something that it names in replace_triggered_by changes',
};

/** A reason of a later format is printed as it stands. */
export const tfReplacement: DriftRule = {
  id: 'tf-replacement',
  class: 'change',
  title: 'a resource is replaced',
  why: 'it is deleted and made anew',
  fix: 'look whether it may be away for that time; create_before_destroy makes the new one first',
  source: 'suzuki-shunsuke/tfcmt#2143; StackGuardian/tirith#333',
  judge: (change, context) => {
    if (!isTerraform(change) || change.action !== 'replace') return undefined;
    // The loss of a stateful one tells the reason itself.
    if (concerns(tfStatefulLoss, change.type) && tfStatefulLoss.judge(change, context) !== undefined)
      return undefined;
    const causes = change.differences.filter(({ replaces }) => replaces === 'yes').map(({ path }) => path);
    const { reason } = change;
    const meaning =
      reason === undefined ? undefined : Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
    const why = `it is deleted and made anew: ${meaning ?? 'the plan gives no reason that is known'} (${reason ?? 'none'})`;
    return { holds: 'yes', ...(causes.length === 0 ? {} : { paths: causes }), why };
  },
};
