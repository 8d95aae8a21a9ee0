import { isObject, type JsonObject, own, textOf } from '../compare/values';
import { LIVE_SETTINGS, NOT_AS_STORED } from '../facts';
import type { Json, ResourceChange } from '../model';
import { canonical } from '../paths';
import { parsedValue } from '../sources/documents';
import type { Declared, LiveStack } from './live-stack';
import { changeOf, compared, type Looked, type Probe, type ProbeContext } from './probe';
import { isTold } from './resolve';
import { settingsOf } from './settings';

/** Where the actions of a type stand. */
const ACTIONS: Readonly<Record<string, string>> = {
  'AWS::ElasticLoadBalancingV2::Listener': 'DefaultActions',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'Actions',
};

/** Where a listener sends its requests, against the stored weights and the declared target groups. */
export const weights: Probe = {
  types: Object.keys(ACTIONS),
  async look(declared, context) {
    const property = ACTIONS[declared.type] ?? '';
    const actions = own(declared.properties, property);
    if (!listOf(actions).some(isForward)) return undefined;
    const stored = isTold(actions) ? storedWeights(declared, actions, context) : undefined;
    const live = await context.live.actions(declared.region, declared.physicalId);
    const expected = formOf(actions, stored?.weights);
    const found = compared(declared, { [property]: expected }, live && { [property]: formOf(live) });
    if (stored === undefined) return found;
    return withSetting(found, declared, stored, weightsOf(actions));
  },
};

const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];
const isForward = (action: Json): boolean => own(action, 'Type') === 'forward';

/** Weights by the ARN of the target group. */
type Weights = Readonly<Record<string, number>>;

interface Stored {
  readonly name: string;
  readonly text: string;
  readonly weights: Weights;
}

/** Actions with nothing but where they lead to, groups in the order of their names. */
function formOf(actions: Json | undefined, weights?: Weights): Json {
  if (!isTold(actions) && actions !== undefined) return actions;
  return listOf(actions).map((action): Json => {
    if (!isForward(action)) return { Type: own(action, 'Type') ?? null };
    const groups = Object.entries(weightsOf([action]))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([arn, weight]) => ({ TargetGroupArn: arn, Weight: weights?.[arn] ?? weight }));
    return { Type: 'forward', ForwardConfig: { TargetGroups: groups } };
  });
}

/** `TargetGroupArn` alone is a group that gets everything. */
function weightsOf(actions: Json | undefined): Weights {
  const found: Record<string, number> = {};
  for (const action of listOf(actions).filter(isForward)) {
    const groups = listOf(own(own(action, 'ForwardConfig'), 'TargetGroups'));
    const single = own(action, 'TargetGroupArn');
    if (groups.length === 0 && typeof single === 'string') found[single] = 1;
    for (const group of groups) {
      found[textOf(own(group, 'TargetGroupArn'))] = Number(own(group, 'Weight') ?? 1);
    }
  }
  return found;
}

/** The stored weights of the setting that the listener's own stack declares, if they speak of its groups. */
function storedWeights(
  declared: Declared,
  actions: Json | undefined,
  context: ProbeContext,
): Stored | undefined {
  const { region } = declared;
  const stack = context.stacks.find(each => each.region === region && each.stack === declared.stack);
  const names =
    stack === undefined ? [] : settingsOf(stack).filter(name => kindOf(stack, name) === 'weights');
  for (const name of names) {
    const text = context.settings(region, name)?.value;
    const value = parsedValue(text);
    if (text === undefined || !isObject(value)) continue;
    const weights = byGroup(value, Object.keys(weightsOf(actions)));
    if (weights !== undefined) return { name, text, weights };
  }
  return undefined;
}

const kindOf = ({ template }: LiveStack, name: string): Json | undefined =>
  own(own(own(own(template, 'Metadata'), LIVE_SETTINGS), name), 'kind');

/** Weights by colour as weights by group: the name of a group ends with its colour. */
function byGroup(stored: JsonObject, arns: readonly string[]): Weights | undefined {
  const entries = arns.map(arn => {
    const name = /targetgroup\/([^/]+)/.exec(arn)?.[1] ?? '';
    const colour = Object.keys(stored).find(each => name.endsWith(`-${each}`));
    return [arn, colour === undefined ? Number.NaN : Number(stored[colour])] as const;
  });
  return entries.some(([, weight]) => Number.isNaN(weight)) ? undefined : Object.fromEntries(entries);
}

/** What is not as stored is said to be so; and what is stored is told where it is not what the template was born with. */
function withSetting(found: Looked, declared: Declared, stored: Stored, born: Weights): Looked {
  const apart = found.changes.map((change): ResourceChange => ({ ...change, reason: NOT_AS_STORED }));
  if (canonical(born) === canonical(stored.weights)) return { ...found, changes: apart };
  const { region, stack } = declared;
  const place = { region, stack, resource: stored.name, type: 'AWS::SSM::Parameter' };
  const value = { path: 'Properties.Value', before: born, after: stored.text };
  const documents = [born, stored.text].map(Value => ({ Properties: { Name: stored.name, Value } }));
  const setting = changeOf({ ...place, physicalId: stored.name }, documents[0], documents[1], [value]);
  return { ...found, changes: [...apart, setting] };
}
