import { intrinsicOf, isObject, own } from '../compare/values';
import type { Json } from '../model';
import { canonical } from '../paths';
import { type Condition, conditionKey, conditionOf } from './condition';
import { type Glob, globOf, literal, type TokenContext } from './glob';

/** What a statement says of one side of a request: these, or all but these. */
export interface Part {
  readonly globs: readonly Glob[];
  readonly inverted: boolean;
}

/** The sides of a request. */
export const SIDES = ['actions', 'resources', 'principals'] as const;
/** One of {@link SIDES}. */
export type Side = (typeof SIDES)[number];

/** One statement of a policy. */
export interface Statement extends Readonly<Record<Side, Part>> {
  readonly effect: 'Allow' | 'Deny';
  readonly condition: Condition;
  /** Equal for statements that differ in nothing but forms, orders and names. */
  readonly key: string;
}

/** The statements of a policy, and those that cannot be read, as text. */
export interface Policy {
  readonly statements: readonly Statement[];
  readonly opaque: readonly string[];
}

/** Reads a policy document, or nothing at all, which says nothing. */
export function policyOf(document: Json | undefined, context: TokenContext): Policy {
  if (document === undefined || document === null) return { statements: [], opaque: [] };
  const list = own(document, 'Statement');
  if (list === undefined) return { statements: [], opaque: [canonical(document)] };
  const statements: Statement[] = [];
  const opaque: string[] = [];
  for (const item of asList(list)) {
    const statement = statementOf(item, context);
    if (statement === undefined) opaque.push(canonical(item));
    else statements.push(statement);
  }
  return { statements, opaque };
}

const ALL: Part = { globs: [['*']], inverted: false };
const KNOWN = new Set([
  ...['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal'],
  'Condition',
]);

function statementOf(item: Json, context: TokenContext): Statement | undefined {
  if (!isObject(item) || !Object.keys(item).every(name => KNOWN.has(name))) return undefined;
  const effect = own(item, 'Effect');
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  const lower = (glob: Glob): Glob =>
    glob.map(symbol => (symbol.length === 1 ? symbol.toLowerCase() : symbol));
  const actions = partOf(item, 'Action', asList, value => globOf(value, context), lower);
  const resources = partOf(item, 'Resource', asList, value => globOf(value, context));
  const principals = partOf(item, 'Principal', principalsOf, value => principalGlob(value, context));
  const condition = conditionOf(own(item, 'Condition'));
  if (!actions || !resources || !principals || !condition) return undefined;
  if (own(item, 'Action') === undefined && own(item, 'NotAction') === undefined) return undefined;
  const key = [effect, ...[actions, resources, principals].map(keyOf), conditionKey(own(item, 'Condition'))];
  return { effect, actions, resources, principals, condition, key: key.join('\n') };
}

const asList = (value: Json): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [value];

const keyOf = ({ globs, inverted }: Part): string =>
  JSON.stringify([inverted, [...new Set(globs.map(glob => JSON.stringify(glob)))].sort()]);

function partOf(
  item: Json,
  name: string,
  listOf: (value: Json) => readonly Json[],
  toGlob: (value: Json) => Glob | undefined,
  form: (glob: Glob) => Glob = glob => glob,
): Part | undefined {
  const [plain, inverted] = [own(item, name), own(item, `Not${name}`)];
  if (plain !== undefined && inverted !== undefined) return undefined;
  const value = plain ?? inverted;
  if (value === undefined) return ALL;
  const globs = listOf(value).map(toGlob);
  if (globs.some(glob => glob === undefined)) return undefined;
  return { globs: (globs as Glob[]).map(form), inverted: inverted !== undefined };
}

/** `[kind, name]` of each principal. */
function principalsOf(value: Json): readonly Json[] {
  if (!isObject(value) || intrinsicOf(value) !== undefined) return [['AWS', value]];
  return Object.entries(value).flatMap(([kind, names]) => asList(names).map(name => [kind, name]));
}

/** A wildcard stands for everybody, and for nothing else: principals have no patterns. */
function principalGlob(value: Json, context: TokenContext): Glob | undefined {
  const [kind, name] = value as readonly [string, Json];
  if (name === '*' && kind === 'AWS') return ['*'];
  const glob = globOf(name, context);
  if (glob === undefined) return undefined;
  const text = name === '*' ? ['*'] : glob.map(literal);
  return [...kind.split(''), ':', ...accountOf(text)];
}

/** `arn:aws:iam::123456789012:root` and `123456789012` are one principal. */
function accountOf(symbols: Glob): Glob {
  const fields: string[][] = [[]];
  for (const symbol of symbols) {
    if (symbol === ':') fields.push([]);
    else fields.at(-1)?.push(symbol);
  }
  const [arn, , service, region, account, rest] = fields;
  const isRoot =
    fields.length === 6 && arn?.join('') === 'arn' && service?.join('') === 'iam' && region?.length === 0;
  return isRoot && rest?.join('') === 'root' ? (account as Glob) : symbols;
}
