import type { DriftRule, Judged } from '../../classify/rule';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';

/** Types that are made anew with each change of what they are a version of, and the property that names it. */
const OWNERS: Readonly<Record<string, string>> = {
  'AWS::Lambda::Version': 'Properties.FunctionName',
  'AWS::ApiGateway::Deployment': 'Properties.RestApiId',
  'AWS::ApiGatewayV2::Deployment': 'Properties.ApiId',
};
const LAYER = 'AWS::Lambda::LayerVersion';

/** Logical ids carry a digest of what they are a version of. */
const stem = (id: string): string => id.replace(/[0-9a-f]{8,64}$/i, '');

type Roll = readonly [old: string, next: string];

/** Every change of a stack is asked with the same neighbours: what rolls is looked for once. */
const known = new WeakMap<readonly ResourceChange[], readonly Roll[]>();

function rollsOf(neighbours: readonly ResourceChange[]): readonly Roll[] {
  const rolls = known.get(neighbours) ?? rollsAmong(neighbours);
  known.set(neighbours, rolls);
  return rolls;
}

/** Pairs of a version that goes and the one that follows it. */
function rollsAmong(neighbours: readonly ResourceChange[]): readonly Roll[] {
  const taken = new Set<string>();
  return neighbours
    .filter(({ type, action }) => type in OWNERS && (action === 'delete' || action === 'forget'))
    .flatMap(gone => {
      const owner = OWNERS[gone.type] as string;
      const next = neighbours.find(
        each =>
          each.type === gone.type &&
          each.action === 'create' &&
          !taken.has(each.resource) &&
          stem(each.resource) === stem(gone.resource) &&
          canonical(at(each.after, owner)) === canonical(at(gone.before, owner)),
      );
      if (next === undefined) return [];
      taken.add(next.resource);
      return [[gone.resource, next.resource] as const];
    });
}

/** A new version in the place of the old one is how these services publish. */
export const expectedRoll: DriftRule = {
  id: 'expected-roll',
  class: 'expected',
  title: 'a version or deployment is followed by the next one',
  why: 'expected roll: the service publishes by a new version with another digest in its id, and the old one has its successor',
  fix: 'nothing; review the change that caused it',
  source: 'corymhall/cdk-diff-action#164; aws/aws-cdk#34710',
  explainsReplacement: true,
  judge: (change, { neighbours }): readonly Judged[] => {
    if (change.type === LAYER) return ofLayer(change);
    const rolls = rollsOf(neighbours);
    if (change.type in OWNERS) {
      return rolls.some(pair => pair.includes(change.resource)) ? [{ holds: 'yes' }] : [];
    }
    const paths = change.differences
      .filter(each => (each.replaces ?? 'no') === 'no' && follows(each.before, each.after, rolls))
      .map(({ path }) => path);
    return paths.length === 0 ? [] : [{ holds: 'yes', paths }];
  },
};

/** A layer is replaced by each new content, and functions move to the new version. */
function ofLayer(change: ResourceChange): readonly Judged[] {
  if (change.action !== 'replace') return [];
  const paths = change.differences
    .map(({ path }) => path)
    .filter(path => path.startsWith('Properties.Content'));
  return paths.length === 0 ? [] : [{ holds: 'yes', paths }];
}

/** Whether a reference moved from a version to its successor, and nothing else of the value changed. */
function follows(
  before: Json | undefined,
  after: Json | undefined,
  rolls: readonly (readonly [string, string])[],
): boolean {
  const [old, next] = [canonical(before), canonical(after)];
  return rolls.some(
    ([from, to]) => old.includes(`"${from}"`) && old.replaceAll(`"${from}"`, `"${to}"`) === next,
  );
}
