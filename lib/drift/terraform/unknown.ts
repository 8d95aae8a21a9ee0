import { isObject, own } from '../compare/values';
import type { Json } from '../model';

/** Stands in a planned resource where the value is decided while the plan is applied. It is no removal. */
export const UNKNOWN = '(known after apply)';

/** Whether anything at or below a mark of `after_unknown`, `before_sensitive` or `after_sensitive` is marked. */
export function isMarked(mark: Json | undefined): boolean {
  if (mark === true) return true;
  if (Array.isArray(mark)) return mark.some(isMarked);
  return isObject(mark) && Object.values(mark).some(isMarked);
}

/** The mark of a part; a mark at the root holds for everything below. */
export function markBelow(mark: Json | undefined, key: string | number): Json | undefined {
  if (mark === true) return true;
  if (typeof key === 'number') return Array.isArray(mark) ? (mark as readonly Json[])[key] : undefined;
  return own(mark, key);
}

/** The planned resource with {@link UNKNOWN} wherever the plan leaves a value open. */
export function withUnknown(after: Json | undefined, unknown: Json | undefined): Json | undefined {
  if (unknown === true) return UNKNOWN;
  if (!isMarked(unknown)) return after;
  if (Array.isArray(unknown)) {
    const items = Array.isArray(after) ? (after as readonly Json[]) : [];
    const length = Math.max(items.length, unknown.length);
    return Array.from({ length }, (_, at) => withUnknown(items[at], unknown[at]) ?? null);
  }
  const old = isObject(after) ? after : {};
  const keys = new Set([...Object.keys(old), ...Object.keys(unknown as object)]);
  return Object.fromEntries(
    [...keys].map(key => [key, withUnknown(own(old, key), own(unknown, key)) ?? null]),
  );
}
