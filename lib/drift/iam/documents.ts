import type { Facts } from '../classify/rule';
import { below, intrinsicOf, isObject, own } from '../compare/values';
import { isResourceOf } from '../facts';
import type { Json, ResourceChange } from '../model';
import { at } from '../paths';
import { readJson } from '../read-json';
import type { TokenContext } from './glob';

/** A policy of a resource as it was and as it will be. */
export interface DocumentPair {
  /** Where it stands; all inline policies of a role are one. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Types of which the inline policies add up. */
const HOLDERS = new Set(['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group']);
const INLINE = 'Properties.Policies';

/** Every policy of a changed resource, whatever its type: what has statements is one. */
export function documentsOf(change: ResourceChange): readonly DocumentPair[] {
  const { before, after } = change;
  const paths = new Set<string>();
  for (const resource of [before, after]) collect(own(resource, 'Properties'), 'Properties', paths);
  const isHolder = HOLDERS.has(change.type);
  const pairs = [...paths]
    .filter(path => !(isHolder && path.startsWith(INLINE)))
    .map(path => ({ path, before: documentAt(before, path), after: documentAt(after, path) }));
  if (!isHolder) return pairs;
  const [old, next] = [before, after].map(each => merged(at(each, INLINE)));
  return old === undefined && next === undefined
    ? pairs
    : [...pairs, { path: INLINE, before: old, after: next }];
}

/** What is known of the texts of a change's policies. */
export function tokensOf(change: ResourceChange, facts: Facts): TokenContext {
  return { isResource: isResourceOf(facts, change), region: change.region };
}

/** Some types keep a policy as a text. */
function documentAt(resource: Json | undefined, path: string): Json | undefined {
  const value = at(resource, path);
  return typeof value === 'string' ? (readText(value) ?? value) : value;
}

function readText(text: string): Json | undefined {
  if (!/^\s*\{/.test(text) || !text.includes('"Statement"')) return undefined;
  try {
    return readJson(text, 'policy');
  } catch {
    return undefined;
  }
}

function collect(value: Json | undefined, path: string, found: Set<string>): void {
  if (typeof value === 'string') {
    const document = readText(value);
    if (document !== undefined && isPolicy(document)) found.add(path);
  } else if (Array.isArray(value)) {
    for (const [place, item] of (value as readonly Json[]).entries())
      collect(item, `${path}[${place}]`, found);
  } else if (isObject(value) && intrinsicOf(value) === undefined) {
    if (isPolicy(value)) found.add(path);
    else for (const [key, item] of Object.entries(value)) collect(item, below(path, key), found);
  }
}

/** A policy has statements with an effect; rules of firewalls have statements without. */
function isPolicy(value: Json): boolean {
  const list = own(value, 'Statement');
  if (list === undefined) return false;
  if (own(value, 'Version') !== undefined) return true;
  const items = Array.isArray(list) ? (list as readonly Json[]) : [list];
  return items.some(item => own(item, 'Effect') !== undefined || intrinsicOf(item) !== undefined);
}

/** One document with the statements of all; what cannot be read stays as it is, which is a statement of its own. */
function merged(policies: Json | undefined): Json | undefined {
  if (policies === undefined) return undefined;
  if (!Array.isArray(policies)) return policies;
  const statements = (policies as readonly Json[]).flatMap(policy => {
    const list = own(own(policy, 'PolicyDocument'), 'Statement');
    if (list === undefined) return [policy];
    return Array.isArray(list) ? (list as readonly Json[]) : [list];
  });
  return { Statement: statements };
}
