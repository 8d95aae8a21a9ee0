import type { Action, Comparison, Difference, Json, ResourceChange, Unchecked } from '../model';
import { isKnownType } from '../schema/replacement';
import { type Deciders, decidersOf } from './deciders';
import { differencesOf, sameValue } from './differences';
import { actionOf, entriesOf, type TemplatePlace, typeOf } from './entries';
import { partChanges } from './parts';
import { propagateReplacements } from './propagation';
import { topPropertyOf, withReplacement } from './replacement-of';
import { Scope } from './scope';
import { mayBeLookedUp, undecidedOf } from './undecided';
import { isObject, type JsonObject, own, textOf } from './values';

/** What a deploy of `after` over `before` would do, by the templates alone. */
export function compareTemplates(before: JsonObject, after: JsonObject, place: TemplatePlace): Comparison {
  const [old, next] = [entriesOf(own(before, 'Resources')), entriesOf(own(after, 'Resources'))];
  const scopes = [new Scope(before, place.region), new Scope(after, place.region)] as const;
  const deciders = decidersOf(before, after, scopes);
  // Without another mapping or condition, what is written alike is decided alike.
  const decidesAnew = [...deciders.keys()].some(name => /^(?:Mappings|Conditions)\./.test(name));
  const ids = [...new Set([...old.keys(), ...next.keys()])];
  const changes = new Map<string, ResourceChange>();
  const unchecked: Unchecked[] = [...macrosOf(after)].map(each => ({
    ...place,
    ...each,
    source: 'template',
  }));
  const parts = unchecked.length;
  for (const id of ids) {
    const [left, right] = [old.get(id), next.get(id)];
    const text = JSON.stringify(right);
    const isSame = text === JSON.stringify(left);
    const here = { ...place, resource: id };
    const problem = uncheckedOf(id, left, right, isSame);
    if (problem !== undefined) unchecked.push({ ...here, ...problem, source: 'template' });
    const change = isSame && !decidesAnew ? undefined : changeOf(left, right, scopes, deciders);
    if (change !== undefined) changes.set(id, { ...here, source: 'template', ...change });
    if (left === undefined || right === undefined || change?.action === 'create') continue;
    const lookedUp = mayBeLookedUp(text ?? '');
    if (!lookedUp && deciders.size === 0) continue;
    const open = withUndecided(
      change,
      right,
      undecidedOf(scopes[1].value(right) ?? right, deciders, lookedUp),
    );
    if (open !== undefined) changes.set(id, { ...here, source: 'template', ...open });
  }
  propagateReplacements(changes, old, next, place);
  return {
    checked: ids.length - (unchecked.length - parts),
    changes: [...changes.values(), ...partChanges(before, after, place, scopes)],
    unchecked,
    templates: [{ ...place, before, after }],
  };
}

/** It makes nothing. */
const METADATA = 'AWS::CDK::Metadata';

type Change = Pick<ResourceChange, 'type' | 'action' | 'before' | 'after' | 'differences'>;

function changeOf(
  left: Json | undefined,
  right: Json | undefined,
  [old, next]: readonly [Scope, Scope],
  deciders: Deciders,
): Change | undefined {
  const [stood, stands] = [old.stands(left), next.stands(right)];
  const before = stood === false ? undefined : old.value(left);
  const after = stands === false ? undefined : next.value(right);
  if (before === undefined && after === undefined) return undefined;
  const [was, is] = [typeOf(before), typeOf(after)];
  const type = is ?? was ?? '-';
  if (before === undefined) return { type, action: 'create', before, after, differences: [] };
  if (after === undefined) return { type, action: removalOf(before), before, after, differences: [] };
  const found = withReplacement(type, differencesOf(before, after));
  const perhaps = stands === undefined && type !== METADATA ? mayGo(before, after, deciders) : undefined;
  const differences =
    perhaps === undefined ? found : [...found.filter(({ path }) => path !== 'Condition'), perhaps];
  if (differences.length === 0) return undefined;
  if (was === is) return { type, action: actionOf(differences), before, after, differences };
  const [typed] = [{ path: 'Type', before: was, after: is, replaces: 'yes' } as const];
  return { type, action: 'replace', before, after, differences: [typed] };
}

/** A resource that stands under another condition than before, or under one that may decide otherwise now. */
function mayGo(before: Json, after: Json, deciders: Deciders): Difference | undefined {
  const [was, is] = [own(before, 'Condition'), own(after, 'Condition')];
  const because = was === is ? deciders.get(`Conditions.${String(is)}`) : 'it stands under another condition';
  if (because === undefined) return undefined;
  return {
    path: 'Condition',
    before: was,
    after: undefined,
    unknownAfter: true,
    replaces: 'perhaps',
    because,
  };
}

/** The change with what may change all the same, where nothing of the property is known to change. */
function withUndecided(
  change: Change | undefined,
  resource: Json,
  undecided: readonly Difference[],
): Change | undefined {
  const added = undecided.filter(
    ({ path }) => !change?.differences.some(each => topPropertyOf(each.path) === topPropertyOf(path)),
  );
  if (added.length === 0) return undefined;
  const type = typeOf(resource) ?? '-';
  const base: Change = change ?? {
    type,
    action: 'update',
    before: resource,
    after: resource,
    differences: [],
  };
  return { ...base, differences: [...base.differences, ...withReplacement(type, added)] };
}

/** A retained resource is left standing without an owner. */
function removalOf(resource: Json): Action {
  const policy = own(resource, 'DeletionPolicy');
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' ? 'forget' : 'delete';
}

/** A template within the template, or one that is made at deploy: what it does cannot be seen here. */
function uncheckedOf(
  id: string,
  before: Json | undefined,
  after: Json | undefined,
  isSame: boolean,
): Pick<Unchecked, 'type' | 'why' | 'fix'> | undefined {
  const resource = after ?? before;
  const type = typeOf(resource) ?? '-';
  if (id.startsWith('Fn::ForEach')) {
    if (isSame || sameValue(before, after)) return undefined;
    return { type: 'Fn::ForEach', why: 'a loop is expanded at deploy', fix: 'compare a change set' };
  }
  if (!isObject(resource) || type === '-') {
    return { type, why: 'the entry is no resource: it has no type', fix: 'correct the template' };
  }
  if (type === 'AWS::CloudFormation::Stack') {
    return { type, why: 'a nested stack has a template of its own', fix: 'compare that template too' };
  }
  if (type === METADATA) return undefined; // it makes nothing
  const unknown = !isKnownType(type) && !isCustom(type) && before !== undefined && after !== undefined;
  if (!unknown || isSame || sameValue(before, after)) return undefined;
  const why = `the schema of ${type} is not known, so whether it is replaced cannot be told`;
  return { type, why, fix: 'look at a change set' };
}

/** A custom resource is replaced when its function says so, which no schema tells. */
export const isCustom = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

/** Macros of AWS that give the same for the same template. */
const STEADY = new Set([
  ...['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31', 'AWS::SecretsManager-2020-07-23'],
  ...['AWS::SecretsManager-2024-09-16', 'AWS::CodeDeployBlueGreen'],
]);

/** A macro that rewrites the whole template at deploy. */
function* macrosOf(template: JsonObject): Generator<Pick<Unchecked, 'resource' | 'type' | 'why' | 'fix'>> {
  const transform = own(template, 'Transform') ?? [];
  for (const each of Array.isArray(transform) ? (transform as readonly Json[]) : [transform]) {
    const name = textOf(own(each, 'Name') ?? each);
    if (STEADY.has(name)) continue;
    const why = `the macro ${name} rewrites the template at deploy, so what is deployed is not what stands here`;
    yield { resource: '-', type: 'Transform', why, fix: 'compare a change set, or the processed templates' };
  }
}
