import type { Judged } from '../../classify/rule';
import { textOf } from '../../compare/values';
import type { Difference, ResourceChange } from '../../model';
import { nameOf } from '../../paths';
import { leavesOf } from '../leaves';
import { isTrue, numberOf } from '../values';

/** Names of which nothing means without an end: kept for ever, or as many as come. */
const ENDLESS = new Set([
  ...['RetentionInDays', 'ExpirationInDays', 'NoncurrentDays', 'NoncurrentVersionExpirationInDays'],
  ...['DeleteAfterDays', 'ReservedConcurrentExecutions', 'MaxReadRequestUnits', 'MaxWriteRequestUnits'],
]);

/** Judges numbers of the given names: lower or gone is the danger, and unreadable is not known. */
export function lowered(change: ResourceChange, names: ReadonlySet<string>): readonly Judged[] {
  if (change.action === 'create' || change.action === 'delete') return [];
  return leavesOf(change)
    .filter(({ path, unknownAfter }) => names.has(nameOf(path)) && unknownAfter !== true)
    .flatMap((leaf): Judged[] => {
      const verdict = compared(leaf);
      return verdict === undefined ? [] : [{ ...verdict, paths: [leaf.within] }];
    });
}

function compared({ path, before, after }: Difference): Omit<Judged, 'paths'> | undefined {
  const name = nameOf(path);
  const isEndless = ENDLESS.has(name);
  if (before === undefined && !isEndless) return undefined;
  if (after === undefined) return isEndless ? undefined : { holds: 'yes', why: `${name} is no longer set` };
  const [old, next] = [before === undefined ? Number.POSITIVE_INFINITY : numberOf(before), numberOf(after)];
  if (Number.isNaN(old) || Number.isNaN(next)) {
    return { holds: 'perhaps', why: `${name} is known at deploy only, so whether it falls cannot be told` };
  }
  if (before === undefined) return { holds: 'yes', why: `${name} had no end, and is ${next} from now on` };
  return next < old ? { holds: 'yes', why: `${name} falls from ${old} to ${next}` } : undefined;
}

/** Whether a switch of the given names goes off. */
export const switchedOff = ({ path, before, after }: Difference, names: ReadonlySet<string>): boolean =>
  names.has(nameOf(path)) &&
  (isTrue(before) || ['enabled', 'active'].includes(textOf(before).toLowerCase())) &&
  (after === undefined || ['false', 'suspended', 'disabled'].includes(textOf(after).toLowerCase()));
