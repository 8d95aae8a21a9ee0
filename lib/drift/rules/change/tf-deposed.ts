import type { DriftRule } from '../../classify/rule';
import { isDeposed } from '../tf-values';

/** The live object has the same address. */
export const tfDeposed: DriftRule = {
  id: 'tf-deposed',
  class: 'change',
  title: 'what is left over from a replacement is cleaned up',
  why: 'an earlier replacement could not delete the old object; this is not the live one',
  fix: 'look why it could not be deleted, such as by its protection, before the plan is applied',
  source: 'hashicorp/terraform#32573; hashicorp/terraform#28922',
  judge: change => (isDeposed(change) ? { holds: 'yes' } : undefined),
};
