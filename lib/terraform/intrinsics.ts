import type { TemplateValue } from './template';
import { Expression, Interpolation, type Term, textOf, toCode } from './term';

/** What a template's references mean in Terraform. */
export interface Scope {
  /** `Ref` of a resource, a parameter or a pseudo parameter. @returns undefined when there is none */
  ref(name: string): Term | undefined;
  attribute(resource: string, attribute: string): Term | undefined;
  imported(name: string): Term | undefined;
}

/** Called with what could not be translated. */
export type Report = (message: string, received: unknown) => void;

/** Translates a value of a template; what has no meaning here is reported and becomes `null`. */
export function resolve(value: TemplateValue, scope: Scope, report: Report): Term {
  if (Array.isArray(value)) return value.map(each => resolve(each, scope, report));
  if (typeof value !== 'object' || value === null) return value as Term;
  const record = value as Readonly<Record<string, TemplateValue>>;
  const [[key, argument] = ['', null], ...more] = Object.entries(record);
  const known = more.length === 0 ? INTRINSICS[key] : undefined;
  if (known !== undefined) {
    const found = known(argument, { scope, report, resolve: inner => resolve(inner, scope, report) });
    if (found !== undefined) return found;
    report('cannot be translated', value);
    return null;
  }
  if (more.length === 0 && /^(Fn::|Condition$)/.test(key)) {
    report('is a function that has no translation yet', key);
    return null;
  }
  return Object.fromEntries(
    Object.entries(record).map(([name, inner]) => [name, resolve(inner, scope, report)]),
  );
}

interface Translation {
  readonly scope: Scope;
  readonly report: Report;
  readonly resolve: (value: TemplateValue) => Term;
}

type Intrinsic = (argument: TemplateValue, translation: Translation) => Term | undefined;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, { scope }) => scope.ref(String(argument)),
  'Fn::GetAtt': (argument, { scope }) => {
    const [resource = '', attribute = ''] = Array.isArray(argument)
      ? argument.map(String)
      : String(argument).split(/\.(.*)/s);
    return scope.attribute(resource, attribute);
  },
  'Fn::ImportValue': (argument, { scope }) =>
    typeof argument === 'string' ? scope.imported(argument) : undefined,
  'Fn::Join': join,
  'Fn::Select': (argument, { resolve: inner }) => {
    const [index, list] = argument as readonly TemplateValue[];
    const resolved = inner(list ?? null);
    if (Array.isArray(resolved)) return resolved[Number(index)];
    return resolved instanceof Expression ? new Expression(`${resolved.code}[${Number(index)}]`) : undefined;
  },
  'Fn::Split': (argument, { resolve: inner }) => {
    const [separator, text] = (argument as readonly TemplateValue[]).map(inner);
    if (typeof separator !== 'string' || text === undefined) return undefined;
    return typeof text === 'string'
      ? text.split(separator)
      : new Expression(`split(${toCode(separator)}, ${toCode(text)})`);
  },
  'Fn::Base64': (argument, { resolve: inner }) => {
    const text = inner(argument);
    return new Expression(`base64encode(${toCode(text)})`);
  },
};

function join(argument: TemplateValue, { resolve: inner }: Translation): Term | undefined {
  if (!Array.isArray(argument)) return undefined;
  const [separator, list] = argument as readonly TemplateValue[];
  const items = inner(list ?? null);
  if (typeof separator !== 'string') return undefined;
  if (items instanceof Expression) return new Expression(`join(${toCode(separator)}, ${items.code})`);
  if (!Array.isArray(items)) return undefined;
  const parts: (string | Expression | Interpolation)[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push(separator);
    if (item instanceof Expression || item instanceof Interpolation) parts.push(item);
    else if (typeof item === 'object' && item !== null) return undefined;
    else parts.push(String(item));
  }
  return textOf(parts);
}
