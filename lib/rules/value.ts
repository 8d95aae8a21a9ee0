/** A value that stands in the template but is known at deploy only: a parameter, an import, a pseudo parameter. */
export const HIDDEN: unique symbol = Symbol('known at deploy only');
/** A value that a condition may leave out altogether. */
export const PERHAPS_ABSENT: unique symbol = Symbol('perhaps absent');

/** A reference to a resource of the same template: `Ref` when there is no attribute, `Fn::GetAtt` otherwise. */
export class Reference {
  constructor(
    readonly logicalId: string,
    readonly attribute?: string,
  ) {}
}

/** A part of a template after every intrinsic function that can be computed has been. */
export type Value =
  | undefined
  | string
  | number
  | boolean
  | typeof HIDDEN
  | typeof PERHAPS_ABSENT
  | Reference
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A part of a resolved template that is an object. */
export type ValueObject = { readonly [key: string]: Value };

/** Whether the template alone does not tell what stands here. */
export const isHidden = (value: Value): boolean =>
  value === HIDDEN || value === PERHAPS_ABSENT || value instanceof Reference;

/** Whether a value is an object with names of its own. */
export const isObject = (value: Value): value is ValueObject =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Reference);

/** Whether a value is a list. */
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** CloudFormation takes booleans as text too. */
export const isTrue = (value: Value): boolean => value === true || value === 'true';

/** CloudFormation takes numbers as text too; `NaN` for anything that is none. */
export function asNumber(value: Value): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** A single value and a list of one mean the same in many places; nothing is no element. */
export function asList(value: Value): readonly Value[] {
  if (isList(value)) return value;
  return value === undefined ? [] : [value];
}

/**
 * What stands at a path of names and positions, such as `Properties.Replicas.0.Region`. Below something hidden
 * everything is hidden.
 */
export function valueAt(root: Value, path: string): Value {
  let value = root;
  for (const key of path.split('.')) {
    if (isHidden(value)) return value === PERHAPS_ABSENT ? PERHAPS_ABSENT : HIDDEN;
    if (isList(value)) value = value[Number(key)];
    else if (isObject(value)) value = Object.hasOwn(value, key) ? value[key] : undefined;
    else return undefined;
  }
  return value;
}

/** Every value below `root` that is neither a list nor an object, with its path; depth first. */
export function* leaves(root: Value, path = ''): Generator<readonly [path: string, value: Value]> {
  if (isList(root) || isObject(root)) {
    for (const [key, value] of Object.entries(root)) {
      yield* leaves(value, path === '' ? key : `${path}.${key}`);
    }
  } else yield [path, root];
}
