import { isObject, type JsonObject } from '../compare/values';
import type { Json } from '../model';
import { canonical } from '../paths';
import { type Glob, literal } from './glob';

/** One thing that a request may fulfil or not. Those of one key depend on each other. */
export interface Variable {
  readonly name: string;
  readonly key: string;
  /** How the key is compared. */
  readonly operator: string;
  /** `exact`: the key has this one value; `present`: it is there; `other`: related to others in a way not modelled. */
  readonly kind: 'exact' | 'present' | 'other';
  /** The texts that fulfil it, where it compares the key's one value with a text that is known. */
  readonly pattern?: Glob;
}

/** One line of a condition: any of the variables, or none of them, or the key's absence. */
interface Clause {
  readonly variables: readonly Variable[];
  readonly negated: boolean;
  /** Holds also when the variable does not. */
  readonly unless?: Variable;
}

/** A condition: every clause must hold. */
export type Condition = readonly Clause[];

const EXACT = new Set(['stringequals', 'numericequals', 'bool', 'dateequals', 'binaryequals', 'arnlike']);

/** The condition of a statement; `undefined` for what is no condition. */
export function conditionOf(value: Json | undefined): Condition | undefined {
  if (value === undefined) return [];
  if (!isObject(value)) return undefined;
  const clauses: Clause[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys) || operator.startsWith('Fn::')) return undefined;
    for (const [key, values] of Object.entries(keys)) {
      clauses.push(clauseOf(operator.toLowerCase(), key.toLowerCase(), listOf(values)));
    }
  }
  return clauses;
}

/** The variables of a condition. */
export const variablesOf = (condition: Condition): readonly Variable[] =>
  condition.flatMap(({ variables, unless }) => (unless === undefined ? variables : [...variables, unless]));

/** Whether a condition holds when the named variables do, and no others. */
export function holds(condition: Condition, truths: ReadonlySet<string>): boolean {
  return condition.every(
    ({ variables, negated, unless }) =>
      variables.some(({ name }) => truths.has(name)) !== negated ||
      (unless !== undefined && !truths.has(unless.name)),
  );
}

const listOf = (value: Json): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [value];

const present = (key: string): Variable => ({
  name: `present ${key}`,
  key,
  operator: 'null',
  kind: 'present',
});

function clauseOf(written: string, key: string, values: readonly Json[]): Clause {
  const optional = written.endsWith('ifexists');
  const operator = written.replace(/ifexists$/, '');
  if (operator === 'null' && values.length === 1) {
    return { variables: [present(key)], negated: String(values[0]) === 'true' };
  }
  const [, quantifier = '', base = operator] = /^(for(?:any|all)values?:)?(.*)$/.exec(operator) ?? [];
  const [positive, negated] = positiveOf(base);
  const unless = optional && !negated ? { unless: present(key) } : {};
  if (quantifier !== '') {
    const name = `${operator} ${key} ${canonical([...values].map(canonical).sort())}`;
    return { variables: [{ name, key, operator, kind: 'other' }], negated: false, ...unless };
  }
  return { variables: values.map(value => variableOf(positive, key, value)), negated, ...unless };
}

/** The operator without its negation. */
function positiveOf(operator: string): readonly [positive: string, negated: boolean] {
  const positive = operator
    .replace(/^(string|numeric|date|arn)not/, '$1')
    .replace(/^notipaddress$/, 'ipaddress');
  return [positive, positive !== operator];
}

function variableOf(operator: string, key: string, value: Json): Variable {
  const text = typeof value === 'object' ? canonical(value) : String(value);
  const wild = typeof value === 'string' && /[*?]/.test(value);
  let base = operator === 'arnequals' ? 'arnlike' : operator;
  if (base === 'stringlike' && !wild) base = 'stringequals';
  const shown = base === 'bool' ? text.toLowerCase() : text;
  const hidden = typeof value === 'object' || text.includes('${');
  const kind = EXACT.has(base) && !(base === 'arnlike' && wild) && !hidden ? 'exact' : 'other';
  const pattern = typeof value === 'string' && !hidden ? patternOf(base, value) : undefined;
  return { name: `${base} ${key} ${shown}`, key, operator: base, kind, ...(pattern && { pattern }) };
}

/** The pattern of a text. Wildcards of an ARN stay within its parts, which only the last one allows to forget. */
function patternOf(operator: string, value: string): Glob | undefined {
  if (operator === 'stringequals') return value.split('').map(literal);
  if (operator === 'stringlike') return value.split('');
  const head = value.split(':').slice(0, 5);
  const isPlain = head.length === 5 && value.split(':').length > 5 && !/[*?]/.test(head.join(':'));
  return operator === 'arnlike' && isPlain ? value.split('') : undefined;
}

/** A condition as text, in which orders that mean nothing do not count. */
export function conditionKey(value: Json | undefined): string {
  const lists = (each: Json): Json =>
    Array.isArray(each)
      ? [...(each as readonly Json[])].map(canonical).sort()
      : isObject(each) && Object.keys(each).every(key => !/^(Ref$|Fn::)/.test(key))
        ? (Object.fromEntries(Object.entries(each).map(([key, item]) => [key, lists(item)])) as JsonObject)
        : [canonical(each)];
  return value === undefined ? '' : canonical(lists(value));
}
