import { inParallel } from '../account/parallel';
import type { DeployedStack, StackReads, StackResource } from '../account/port';
import { reasonOf, type StackPlace, uncheckedAt } from '../account/unchecked';
import { entriesOf, typeOf } from '../compare/entries';
import { Scope } from '../compare/scope';
import { isObject, type JsonObject, own } from '../compare/values';
import type { Place, Unchecked } from '../model';
import { readTemplate } from '../sources/templates';
import { Resolver } from './resolve';

/** A resource that a deployed template declares and that stands. */
export interface Declared extends Place {
  /** Name, id or ARN. */
  readonly physicalId: string;
  /** Its properties, with every value that can be told; what cannot is a function still. */
  readonly properties: JsonObject;
}

/** A deployed stack, as it was declared. */
export interface LiveStack extends StackPlace {
  readonly arn: string;
  readonly template: JsonObject;
  readonly resources: readonly Declared[];
}

/** The stacks that could be read, and what is missing of the others. */
export interface LiveStacks {
  readonly stacks: readonly LiveStack[];
  readonly unchecked: readonly Unchecked[];
}

const NESTED = 'AWS::CloudFormation::Stack';
/** Stacks within stacks that are followed. */
const DEEPEST = 10;

/**
 * What the deployed templates of stacks declare, with the names under which it stands in the account; stacks within
 * stacks among them. One that cannot be read, or is not there, hides no other.
 */
export async function readLiveStacks(reads: StackReads, places: readonly StackPlace[]): Promise<LiveStacks> {
  const regions = [...new Set(places.map(({ region }) => region))];
  const known = new Map(
    await inParallel(regions, async region => [region, await exportsOf(reads, region)] as const),
  );
  const read = await inParallel(places, place => {
    const exports = known.get(place.region)?.values ?? new Map();
    return readStack({ reads, exports }, { ...place, name: place.stack }, 0);
  });
  return {
    stacks: read.flatMap(({ stacks }) => stacks),
    unchecked: [
      ...read.flatMap(({ unchecked }) => unchecked),
      ...[...known.values()].flatMap(each => each.unchecked),
    ],
  };
}

/** Exports of a Region. Where they may not be read, what refers to one is told of at its own resource. */
async function exportsOf(reads: StackReads, region: string) {
  try {
    return { values: await reads.exports(region), unchecked: [] };
  } catch (error) {
    const place = { region, stack: 'exports' };
    return { values: new Map<string, string>(), unchecked: [uncheckedAt(place, 'probe', reasonOf(error))] };
  }
}

interface Reading {
  readonly reads: StackReads;
  readonly exports: ReadonlyMap<string, string>;
}

async function readStack(
  reading: Reading,
  place: StackPlace & { readonly name: string },
  depth: number,
): Promise<LiveStacks> {
  const { reads, exports } = reading;
  const { region, stack } = place;
  try {
    const deployed = await reads.describe(region, place.name);
    if (deployed === undefined) return { stacks: [], unchecked: [absent(place)] };
    const text = await reads.template(region, deployed.arn);
    const template = readTemplate(text, `the deployed template of ${stack} in ${region}`);
    const standing = await reads.resources(region, deployed.arn);
    const resolver = new Resolver({ template, deployed, standing, exports });
    const ours = {
      region,
      stack,
      arn: deployed.arn,
      template,
      resources: declaredOf(place, template, standing, resolver),
    };
    const inner = depth < DEEPEST ? standing.filter(({ type }) => type === NESTED) : [];
    const within = await inParallel(inner, ({ id, physicalId = '' }) =>
      readStack(reading, { region, stack: `${stack}/${id}`, name: physicalId }, depth + 1),
    );
    return {
      stacks: [ours, ...within.flatMap(({ stacks }) => stacks)],
      unchecked: [...moving(place, deployed), ...within.flatMap(({ unchecked }) => unchecked)],
    };
  } catch (error) {
    return { stacks: [], unchecked: [uncheckedAt(place, 'probe', reasonOf(error))] };
  }
}

/** What stands, as its template has it: without what another condition leaves out. */
function declaredOf(
  { region, stack }: StackPlace,
  template: JsonObject,
  standing: readonly StackResource[],
  resolver: Resolver,
): readonly Declared[] {
  const scope = new Scope(template, region);
  const entries = entriesOf(own(template, 'Resources'));
  return standing.flatMap(({ id, physicalId }): Declared[] => {
    const resource = entries.get(id);
    const type = typeOf(resource);
    if (type === undefined || physicalId === undefined) return [];
    const properties = resolver.value(scope.value(own(resource, 'Properties') ?? {}));
    return [
      { region, stack, resource: id, type, physicalId, properties: isObject(properties) ? properties : {} },
    ];
  });
}

const absent = (place: StackPlace): Unchecked =>
  uncheckedAt(place, 'probe', {
    why: 'the stack is not there, so nothing of it could be looked at',
    fix: 'deploy it, or leave its Region out of the topology',
  });

function moving(place: StackPlace, { status }: DeployedStack): readonly Unchecked[] {
  if (!status.endsWith('_IN_PROGRESS')) return [];
  const why = `the stack is ${status}: what was looked at may change meanwhile`;
  return [uncheckedAt(place, 'probe', { why, fix: 'run again when the deploy has ended' })];
}
