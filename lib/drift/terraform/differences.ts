import { below, isObject, own } from '../compare/values';
import type { Difference, Json } from '../model';
import { at, canonical } from '../paths';
import { isMarked, markBelow } from './unknown';

/** Two states of a Terraform object, with the marks that a plan lays over them. */
export interface PlannedValues {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly unknown?: Json | undefined;
  readonly beforeSensitive?: Json | undefined;
  readonly afterSensitive?: Json | undefined;
}

/**
 * Every value that differs, at the deepest place at which it can be told apart. A value that is decided at apply is
 * `unknownAfter`, never a removal; a secret one is told at the place of its mark, so that not even its keys are
 * shown. An absent value is `null`, as in Terraform.
 */
export function planDifferences(values: PlannedValues, replacePaths: readonly Json[] = []): Difference[] {
  const found: Difference[] = [];
  collect(values, '', found);
  const replacing = replacePaths.map(pathOf).filter(path => path !== '');
  const marked = found.map(difference =>
    replacing.some(path => touches(difference.path, path))
      ? { ...difference, replaces: 'yes' as const }
      : difference,
  );
  const missing = replacing.filter(path => !found.some(difference => touches(difference.path, path)));
  return [...marked, ...missing.map(path => namedCause(values, path))];
}

/** A value that the plan names as the cause of a replacement although its two sides read alike. */
function namedCause(
  { before, after, beforeSensitive, afterSensitive }: PlannedValues,
  path: string,
): Difference {
  const secret = isMarked(beforeSensitive) || isMarked(afterSensitive);
  const shown = { path, before: at(before, path), after: at(after, path), replaces: 'yes' } as const;
  return secret ? { ...shown, sensitive: true } : shown;
}

function collect(values: PlannedValues, path: string, found: Difference[]): void {
  const { before, after, unknown, beforeSensitive, afterSensitive } = values;
  const secret = beforeSensitive === true || afterSensitive === true ? ({ sensitive: true } as const) : {};
  if (unknown === true || (secret.sensitive && isMarked(unknown))) {
    found.push({ path, before, after: undefined, unknownAfter: true, ...secret });
  } else if (secret.sensitive) {
    if (!same(before, after)) found.push({ path, before, after, ...secret });
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const key of before.keys()) collect(part(values, key), `${path}[${key}]`, found);
  } else if (isObject(before) && (isObject(after) || isMarked(unknown))) {
    const keys = [before, after, unknown].flatMap(each => (isObject(each) ? Object.keys(each) : []));
    for (const key of new Set(keys)) collect(part(values, key), below(path, key), found);
  } else if (!same(before, after) || isMarked(unknown)) {
    const hidden = isMarked(beforeSensitive) || isMarked(afterSensitive);
    const open = isMarked(unknown) ? ({ unknownAfter: true } as const) : {};
    found.push({ path, before, after, ...open, ...(hidden ? { sensitive: true } : {}) });
  }
}

function part(values: PlannedValues, key: string | number): PlannedValues {
  const of = (value: Json | undefined) =>
    typeof key === 'number'
      ? Array.isArray(value)
        ? (value as readonly Json[])[key]
        : undefined
      : own(value, key);
  return {
    before: of(values.before),
    after: of(values.after),
    unknown: markBelow(values.unknown, key),
    beforeSensitive: markBelow(values.beforeSensitive, key),
    afterSensitive: markBelow(values.afterSensitive, key),
  };
}

const same = (left: Json | undefined, right: Json | undefined): boolean =>
  left === right || canonical(left ?? null) === canonical(right ?? null);

/** `["ingress", 0, "cidr"]` of a plan as `ingress[0].cidr`. */
function pathOf(steps: Json): string {
  if (!Array.isArray(steps)) return '';
  return (steps as readonly Json[]).reduce<string>(
    (path, step) =>
      typeof step === 'number'
        ? `${path}[${step}]`
        : below(path, typeof step === 'string' ? step : JSON.stringify(step)),
    '',
  );
}

/** Whether one of two paths leads to, or through, the other. */
export function touches(left: string, right: string): boolean {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  return long === short || (long.startsWith(short) && /^[.[]/.test(long.slice(short.length)));
}
