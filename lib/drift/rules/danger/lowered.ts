import type { Judged } from '../../classify/rule';
import { textOf } from '../../compare/values';
import type { Difference, ResourceChange } from '../../model';
import { nameOf } from '../../paths';
import { isTrue, numberOf } from '../values';

/** Judges numbers of the given names: lower or gone is the danger, and unreadable is not known. */
export function lowered(change: ResourceChange, names: ReadonlySet<string>): readonly Judged[] {
  if (change.action === 'create' || change.action === 'delete') return [];
  return change.differences
    .filter(({ path, unknownAfter }) => names.has(nameOf(path)) && unknownAfter !== true)
    .flatMap((difference): Judged[] => {
      const verdict = compared(difference);
      return verdict === undefined ? [] : [{ ...verdict, paths: [difference.path] }];
    });
}

function compared({ path, before, after }: Difference): Omit<Judged, 'paths'> | undefined {
  const [old, next] = [numberOf(before), numberOf(after)];
  const name = nameOf(path);
  if (before === undefined) return undefined;
  if (after === undefined) return { holds: 'yes', why: `${name} is no longer set` };
  if (Number.isNaN(old) || Number.isNaN(next)) {
    return { holds: 'perhaps', why: `${name} is known at deploy only, so whether it falls cannot be told` };
  }
  return next < old ? { holds: 'yes', why: `${name} falls from ${old} to ${next}` } : undefined;
}

/** Whether a switch of the given names goes off. */
export const switchedOff = ({ path, before, after }: Difference, names: ReadonlySet<string>): boolean =>
  names.has(nameOf(path)) &&
  (isTrue(before) || before === 'Enabled' || before === 'ENABLED') &&
  (after === undefined || ['false', 'Suspended', 'Disabled', 'DISABLED'].includes(textOf(after)));
