/** Words for problems: paths, values that can be printed, and the nearest known name. */
import type { Problem } from '../lib/errors';
import { FIELDS, fieldsBelow } from './fields';

/** Steps from the root of a document to a value. */
export type Steps = readonly PropertyKey[];

/** Prints a path such as `regions[1].zones[0]`; a key that is no identifier stands in quotes. */
export function formatPath(steps: Steps): string {
  return steps.map(formatStep).join('').replace(/^\./, '');
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** A problem at a known field, in the words of its row in the table of fields. */
export function fieldProblem(steps: Steps, received: unknown): Problem {
  const path = formatPath(steps);
  const known = FIELDS[anyIndex(path)] ?? { what: 'something else', example: 'see docs/topology.md' };
  const missing = received === undefined;
  return {
    path: path === '' ? 'topology' : path,
    ...(missing ? {} : { received: presentable(received) }),
    message: missing ? `is missing, and must be ${known.what}` : `must be ${known.what}`,
    fix: `for example ${known.example}`,
  };
}

/** A problem of a field that the topology does not have. */
export function unknownField(parent: Steps, key: string, received: unknown): Problem {
  const names = fieldsBelow(anyIndex(formatPath(parent)));
  const near = nearest(key, names);
  const fix =
    near === undefined ? `remove it; the fields here are ${names.join(', ')}` : `did you mean ${near}?`;
  return {
    path: formatPath([...parent, key]),
    received: presentable(received),
    message: 'is no field of the topology',
    fix: names.includes(key) ? 'remove it here' : fix,
  };
}

/** The known name nearest to what was typed, when it is near enough to be meant. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  if (typed.length > 64) return undefined;
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  const ranked = names
    .map(name => ({ name, distance: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/** A value as JSON can hold it, so that a problem can be printed whatever was received. */
export function presentable(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') return String(value);
  try {
    const text = JSON.stringify(value);
    return text.length > 400 ? describe(value) : JSON.parse(text);
  } catch {
    return describe(value);
  }
}

const describe = (value: object): string =>
  Array.isArray(value) ? `a list of ${value.length}` : 'an object';

/** The name of a field in the table: any index is `[]`, and any name of a tag `*`. */
const anyIndex = (path: string): string => path.replace(/\[\d+\]/g, '[]').replace(/^tags[.[].*/, 'tags.*');

/** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + same,
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
