import type { Action, ResourceChange } from '../model';
import { planDifferences } from './differences';
import type { PlannedChange } from './plan';
import { withUnknown } from './unknown';

/** What a plan and a drift entry both tell of an object. */
export function partsOf(
  entry: PlannedChange,
  action: Action,
): Pick<ResourceChange, 'before' | 'after' | 'differences' | 'reason' | 'origin' | 'sensitive'> {
  const compared = !['create', 'delete', 'forget', 'read', 'move', 'import'].includes(action);
  const origin = entry.importing ?? entry.previousAddress;
  return {
    before: entry.before ?? undefined,
    after: withUnknown(entry.after ?? undefined, entry.unknown),
    differences: compared ? planDifferences(entry, entry.replacePaths) : [],
    ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    ...(origin === undefined ? {} : { origin }),
    sensitive: { before: entry.beforeSensitive ?? false, after: entry.afterSensitive ?? false },
  };
}
