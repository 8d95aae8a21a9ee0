import { isObject, own } from './compare/values';
import type { Json } from './model';

/** One step of a path: a name, or a place in a list. */
export type Step = string | number;

const STEP = /\.?(?:\[(\d+)\]|("(?:[^"\\]|\\.)*")|([^.[\]"]+))/gy;

/** The steps of a path such as `Properties.Tags[0]."a.b"`. */
export function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [, place, quoted, name] of path.matchAll(STEP)) {
    if (place !== undefined) steps.push(Number(place));
    else steps.push(quoted === undefined ? (name as string) : (JSON.parse(quoted) as string));
  }
  return steps;
}

/** What stands at a path of a document; nothing where the path leads nowhere. */
export function at(document: Json | undefined, path: string): Json | undefined {
  return stepsOf(path).reduce<Json | undefined>(
    (value, step) =>
      typeof step === 'number'
        ? Array.isArray(value)
          ? (value as readonly Json[])[step]
          : undefined
        : own(value, step),
    document,
  );
}

/** The last name in a path, places in lists left out: `TargetGroups` of `A.TargetGroups[1]`. */
export function nameOf(path: string): string {
  return String(
    stepsOf(path)
      .filter(step => typeof step === 'string')
      .at(-1) ?? '',
  );
}

/** The paths of every list on the way to a path, the outermost first. */
export function listsOn(path: string): readonly string[] {
  return [...path.matchAll(STEP)]
    .filter(([, place]) => place !== undefined)
    .map(({ index }) => path.slice(0, index));
}

/** A document as text that does not depend on the order of keys. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'nothing';
  const keys = Object.keys(value).sort();
  return `{${keys.map(key => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
