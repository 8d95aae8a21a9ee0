import { HIDDEN, isHidden, PERHAPS_ABSENT, Reference, type Value, type ValueObject } from './value';

/** What intrinsic functions of a template may look up. */
export interface Scope {
  readonly resourceIds: ReadonlySet<string>;
  /** The raw `Mappings` section. */
  readonly mappings: Readonly<Record<string, unknown>>;
}

/** Deeper than any template can be, so that hostile input ends in an answer and not in a full stack. */
const DEEPEST = 200;

type Fold = (argument: Value, scope: Scope) => Value;

const FOLDS: Readonly<Record<string, Fold>> = {
  Ref: (argument, scope) => reference(argument, scope),
  'Fn::GetAtt': (argument, scope) => {
    const [id, ...rest] = typeof argument === 'string' ? argument.split('.') : list(argument);
    if (typeof id !== 'string' || !scope.resourceIds.has(id)) return HIDDEN;
    return new Reference(id, rest.map(String).join('.'));
  },
  'Fn::If': argument => {
    const [, whenTrue, whenFalse] = list(argument);
    if (textOf(whenTrue) === textOf(whenFalse) && !isHidden(whenTrue)) return whenTrue;
    return whenTrue === undefined || whenFalse === undefined ? PERHAPS_ABSENT : HIDDEN;
  },
  'Fn::Join': argument => {
    const [separator, parts] = list(argument);
    if (typeof separator !== 'string' || !Array.isArray(parts) || !parts.every(isText)) return HIDDEN;
    return parts.join(separator);
  },
  'Fn::Sub': argument =>
    typeof argument === 'string' && !/\$\{(?!!)/.test(argument) ? argument.replaceAll('${!', '${') : HIDDEN,
  'Fn::Select': argument => {
    const [index, items] = list(argument);
    const position = Number(typeof index === 'symbol' ? Number.NaN : index);
    return Array.isArray(items) && Number.isInteger(position) ? (items[position] as Value) : HIDDEN;
  },
  'Fn::Split': argument => {
    const [separator, text] = list(argument);
    return typeof separator === 'string' && typeof text === 'string' ? text.split(separator) : HIDDEN;
  },
  'Fn::FindInMap': (argument, scope) => {
    let found: unknown = scope.mappings;
    for (const key of list(argument).slice(0, 3)) {
      if (typeof key !== 'string' || !isRecord(found) || !Object.hasOwn(found, key)) return HIDDEN;
      found = found[key];
    }
    return resolve(found, scope);
  },
};

/** Computes every intrinsic function that the template alone can answer; what is left is hidden or a reference. */
export function resolve(raw: unknown, scope: Scope, depth = 0): Value {
  if (depth > DEEPEST) return HIDDEN;
  if (typeof raw === 'string') return /\{\{resolve:[^}]*\}\}/.test(raw) ? HIDDEN : raw;
  if (Array.isArray(raw)) {
    return raw.map(item => resolve(item, scope, depth + 1)).filter(item => item !== undefined);
  }
  // CloudFormation refuses null, so it is as good as nothing.
  if (!isRecord(raw)) return raw === null ? undefined : (raw as Value);
  const keys = Object.keys(raw);
  const [name] = keys;
  if (keys.some(key => key === 'Fn::Transform' || key.startsWith('Fn::ForEach'))) return HIDDEN;
  if (keys.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    const fold = Object.hasOwn(FOLDS, name) ? FOLDS[name] : undefined;
    // Positions matter in an argument, so what is absent there stays in its place.
    const argument = Array.isArray(raw[name])
      ? (raw[name] as unknown[]).map(item => resolve(item, scope, depth + 1))
      : resolve(raw[name], scope, depth + 1);
    return fold === undefined ? HIDDEN : fold(argument, scope);
  }
  const resolved: Record<string, Value> = {};
  for (const key of keys) {
    const value = resolve(raw[key], scope, depth + 1);
    if (value !== undefined) resolved[key] = value;
  }
  return resolved as ValueObject;
}

function reference(argument: Value, scope: Scope): Value {
  if (argument === 'AWS::NoValue') return undefined;
  return typeof argument === 'string' && scope.resourceIds.has(argument) ? new Reference(argument) : HIDDEN;
}

/** Text that two values share when they are the same as far as the template tells. */
export const textOf = (value: Value): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'symbol' ? String(part) : part)) ?? 'undefined';

const list = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : []);

const isText = (value: Value): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** Whether a parsed piece of JSON is an object. */
export const isRecord = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);
