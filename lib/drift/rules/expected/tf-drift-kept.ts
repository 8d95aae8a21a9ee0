import type { DriftRule } from '../../classify/rule';
import { KEPT_BY_PLAN } from '../../terraform/drift';
import { dangersOf } from '../tf-dangers';
import { atPaths } from '../values';

/**
 * What is under `ignore_changes`, or is not set at all, drifts by design. A danger is one all the same: nothing will
 * put it back.
 */
export const tfDriftKept: DriftRule = {
  id: 'tf-drift-kept',
  class: 'expected',
  title: 'a value has changed that Terraform was told to leave alone',
  why: 'the plan keeps the live value: it is under ignore_changes, or the configuration does not set it',
  fix: 'nothing; take it out of ignore_changes if Terraform is to own it',
  source: 'Terraform, the lifecycle meta-argument; law 4',
  judge: (change, context) => {
    if (change.reason !== KEPT_BY_PLAN) return undefined;
    const told = dangersOf(change, context).flatMap(({ paths }) => paths ?? []);
    return atPaths(change.differences.filter(({ path }) => !told.includes(path)));
  },
};
