import type { Action, Comparison, Json, ResourceChange, Unchecked } from '../model';
import { isKnownType } from '../schema/replacement';
import { differencesOf, sameValue } from './differences';
import { actionOf, type Entries, entriesOf, type TemplatePlace, typeOf } from './entries';
import { partChanges } from './parts';
import { propagateReplacements } from './propagation';
import { propertyDifferences, topPropertyOf, withReplacement } from './replacement-of';
import { isObject, type JsonObject, own, textOf } from './values';

/** What a deploy of `after` over `before` would do, by the templates alone. */
export function compareTemplates(before: JsonObject, after: JsonObject, place: TemplatePlace): Comparison {
  const [old, next] = [entriesOf(own(before, 'Resources')), entriesOf(own(after, 'Resources'))];
  const ids = [...new Set([...old.keys(), ...next.keys()])];
  const changes = new Map<string, ResourceChange>();
  const unchecked: Unchecked[] = [];
  for (const id of ids) {
    const here = { ...place, resource: id };
    const problem = uncheckedOf(id, old.get(id), next.get(id));
    if (problem !== undefined) unchecked.push({ ...here, ...problem, source: 'template' });
    const change = changeOf(old.get(id), next.get(id));
    if (change !== undefined) changes.set(id, { ...here, source: 'template', ...change });
  }
  propagateReplacements(changes, old, next, place);
  addResolvedAtDeploy(changes, after, next, place);
  return {
    checked: ids.length - unchecked.length,
    changes: [...changes.values(), ...partChanges(before, after, place)],
    unchecked,
    templates: [{ ...place, before, after }],
  };
}

type Change = Pick<ResourceChange, 'type' | 'action' | 'before' | 'after' | 'differences'>;

function changeOf(before: Json | undefined, after: Json | undefined): Change | undefined {
  const [old, next] = [typeOf(before), typeOf(after)];
  const type = next ?? old ?? '-';
  if (before === undefined) return { type, action: 'create', before, after, differences: [] };
  if (after === undefined) return { type, action: removalOf(before), before, after, differences: [] };
  const differences = withReplacement(type, differencesOf(before, after));
  if (differences.length === 0) return undefined;
  if (old === next) return { type, action: actionOf(differences), before, after, differences };
  const [typed] = [{ path: 'Type', before: old, after: next, replaces: 'yes' } as const];
  return { type, action: 'replace', before, after, differences: [typed] };
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
): Pick<Unchecked, 'type' | 'why' | 'fix'> | undefined {
  const resource = after ?? before;
  const type = typeOf(resource) ?? '-';
  if (id.startsWith('Fn::ForEach')) {
    if (sameValue(before, after)) return undefined;
    return { type: 'Fn::ForEach', why: 'a loop is expanded at deploy', fix: 'compare a change set' };
  }
  if (!isObject(resource) || type === '-') {
    return { type, why: 'the entry is no resource: it has no type', fix: 'correct the template' };
  }
  if (type === 'AWS::CloudFormation::Stack') {
    return { type, why: 'a nested stack has a template of its own', fix: 'compare that template too' };
  }
  if (type === 'AWS::CDK::Metadata') return undefined; // it makes nothing
  const unknown = !isKnownType(type) && !isCustom(type) && before !== undefined && after !== undefined;
  if (!unknown || sameValue(before, after)) return undefined;
  const why = `the schema of ${type} is not known, so whether it is replaced cannot be told`;
  return { type, why, fix: 'look at a change set' };
}

/** A custom resource is replaced when its function says so, which no schema tells. */
export const isCustom = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

/** What two equal templates can still change: values that are looked up at deploy. */
function addResolvedAtDeploy(
  changes: Map<string, ResourceChange>,
  template: JsonObject,
  next: Entries,
  place: TemplatePlace,
): void {
  const parameters = new Set(
    [...entriesOf(own(template, 'Parameters'))]
      .filter(([, value]) => textOf(own(value, 'Type')).startsWith('AWS::SSM::Parameter::Value'))
      .map(([name]) => name),
  );
  for (const [id, resource] of next) {
    const known = changes.get(id);
    if (known?.action === 'create') continue;
    const added = propertyDifferences(resource, parameters).filter(
      ({ path }) => !known?.differences.some(each => topPropertyOf(each.path) === topPropertyOf(path)),
    );
    if (added.length === 0) continue;
    const type = typeOf(resource) ?? '-';
    const base: ResourceChange = known ?? {
      ...{ ...place, resource: id, source: 'template', type, action: 'update' },
      ...{ before: resource, after: resource, differences: [] },
    };
    changes.set(id, { ...base, differences: [...base.differences, ...withReplacement(type, added)] });
  }
}
