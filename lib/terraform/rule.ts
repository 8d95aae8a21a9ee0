import { snake } from './names';
import {
  type Arguments,
  CLOUDFORMATION_STACK,
  type Draft,
  isRecord,
  jsonencode,
  present,
  type Term,
} from './term';

/**
 * How one property of CloudFormation is said in Terraform. Text is the name of an argument that takes the value as it
 * is. Nothing is translated that no rule names: an unknown property is an error, never silently lost.
 */
export type Rule = string | Nested | Converted | Split | Left;

/** An object, or a list of objects, whose members are translated one by one; `''` lifts them to where the object stood. */
export interface Nested {
  readonly argument: string;
  readonly rules: Rules;
}

/** A value that is said in another form; `undefined` says that it has none. */
export interface Converted {
  readonly argument: string;
  readonly convert: (value: Term) => Term | undefined;
}

/** A value that becomes several arguments. */
export interface Split {
  readonly split: (value: Term, unmapped: Unmapped) => Draft;
}

/** A property that is left out, and why. */
export interface Left {
  readonly left: string;
}

/** Rules by name of the property. */
export type Rules = Readonly<Record<string, Rule>>;

/** Called for each property that no rule names. */
export type Unmapped = (path: string, value: Term) => void;

/** Translates an object by rules. */
export function applyRules(value: Arguments, rules: Rules, path: string, unmapped: Unmapped): Arguments {
  const result: Record<string, Term> = {};
  for (const [name, term] of Object.entries(value)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const here = path === '' ? name : `${path}.${name}`;
    if (rule === undefined) unmapped(here, term);
    else Object.assign(result, applyRule(term, rule, here, unmapped));
  }
  return result;
}

function applyRule(term: Term, rule: Rule, path: string, unmapped: Unmapped): Arguments {
  if (typeof rule === 'string') return { [rule]: term };
  if ('left' in rule) return {};
  if ('split' in rule) {
    return present(rule.split(term, (at, received) => unmapped(`${path}.${at}`, received)));
  }
  if ('convert' in rule) {
    const converted = rule.convert(term);
    if (converted !== undefined) return { [rule.argument]: converted };
    unmapped(path, term);
    return {};
  }
  const inner = (each: Term): Term => {
    if (isRecord(each)) return applyRules(each, rule.rules, path, unmapped);
    unmapped(path, each);
    return null;
  };
  const value = Array.isArray(term) ? term.map(inner) : inner(term);
  if (rule.argument !== '') return { [rule.argument]: value };
  return isRecord(value) ? value : {};
}

/** Rules for properties whose argument has the same name in Terraform's spelling: `CidrBlock` is `cidr_block`. */
export const same = (...names: readonly string[]): Rules =>
  Object.fromEntries(names.flatMap(name => name.split(' ')).map(name => [name, snake(name)]));

/** A block or a list of blocks. */
export const block = (argument: string, rules: Rules): Nested => ({ argument, rules });
/** Members of an object that Terraform has one level up. */
export const lift = (rules: Rules): Nested => ({ argument: '', rules });
/** A document that Terraform takes as text. */
export const json = (argument: string): Converted => ({ argument, convert: jsonencode });
/** A policy; what it lets a role do to the CloudFormation stack is left out, since there is none. */
export const policy = (argument: string): Converted => ({
  argument,
  convert: document => {
    if (!isRecord(document) || !Array.isArray(document.Statement)) return jsonencode(document);
    const kept = document.Statement.filter(each => !isRecord(each) || each.Resource !== CLOUDFORMATION_STACK);
    return jsonencode({ ...document, Statement: kept });
  },
});

/** A property that is left out. */
export const left = (reason: string): Left => ({ left: reason });
/** A property that a companion of the resource says instead, or its `complete`. */
export const elsewhere: Left = { left: '' };

/** A number that CloudFormation takes as text. */
export const number = (argument: string): Converted => ({
  argument,
  convert: value => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
});

/** The first and only one of a list. */
export const single = (argument: string): Converted => ({
  argument,
  convert: value => (Array.isArray(value) && value.length === 1 ? value[0] : undefined),
});

/** `[{ Key, Value }]` as a map. */
export const pairs = (argument: string, key = 'Key', value = 'Value'): Converted => ({
  argument,
  convert: list => (Array.isArray(list) ? toMap(list, key, value) : undefined),
});

/** A list of keys and values as a map. */
export function toMap(list: readonly Term[], key: string, value: string): Arguments {
  return Object.fromEntries(
    list.filter(isRecord).map(pair => [String(pair[key]), pair[value] ?? null] as const),
  );
}

/** Tags, which every resource that has them takes alike. */
export const TAGS: Rules = { Tags: pairs('tags') };
