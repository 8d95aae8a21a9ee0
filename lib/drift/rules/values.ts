import type { Judged } from '../classify/rule';
import type { Difference, Json, ResourceChange, SourceKind } from '../model';
import { nameOf } from '../paths';
import { type Leaf, leavesOf } from './leaves';

const LIVE: readonly SourceKind[] = ['stack-drift', 'probe', 'terraform-drift'];

/** Whether the change was found in what runs, and is not one that a deploy would make. */
export const isLive = ({ source }: ResourceChange): boolean => LIVE.includes(source);

/** The number that a value is, as text too; `NaN` for anything that is none. */
export function numberOf(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** Whether a value is `true`, as text too. */
export const isTrue = (value: Json | undefined): boolean => value === true || value === 'true';

/** Whether a value is off: `false`, as text too, or not there. */
export const isOff = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === false || value === 'false';

/** The items of a list; a single value is one, and nothing is none. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : value === undefined || value === null ? [] : [value];

/** Holds for the values of which the last name is among `names` and that `test` takes. */
export function atNames(
  change: ResourceChange,
  names: ReadonlySet<string>,
  test: (difference: Difference) => boolean,
): Judged | undefined {
  return atLeaves(leavesOf(change).filter(each => names.has(nameOf(each.path)) && test(each)));
}

/** Holds for the differences in which the given values stand, and for none where there are none. */
export function atLeaves(leaves: readonly Leaf[], more: Partial<Judged> = {}): Judged | undefined {
  const paths = [...new Set(leaves.map(({ within }) => within))];
  return paths.length === 0 ? undefined : { holds: 'yes', paths, ...more };
}

/** Holds for the differences given, and for none where there are none. */
export function atPaths(differences: readonly Difference[], more: Partial<Judged> = {}): Judged | undefined {
  return differences.length === 0
    ? undefined
    : { holds: 'yes', paths: differences.map(({ path }) => path), ...more };
}
