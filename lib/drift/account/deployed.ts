import path from 'node:path';
import { entriesOf, typeOf } from '../compare/entries';
import { compareTemplates } from '../compare/templates';
import { type JsonObject, own } from '../compare/values';
import type { Comparison, Json, Unchecked } from '../model';
import { type AssemblyStack, stacksOf } from '../sources/assembly';
import { readTemplate, readTemplateFile } from '../sources/templates';
import { withLookedUp } from './looked-up';
import { inParallel } from './parallel';
import type { DeployedStack, StackReads } from './port';
import { reasonOf, type StackPlace, uncheckedAt, unread } from './unchecked';

/** A stack that is not there, or holds nothing yet. */
const NOTHING: JsonObject = { Resources: {} };
const NESTED = 'AWS::CloudFormation::Stack';
/** Stacks within stacks that are followed. */
const DEEPEST = 10;

/**
 * What a deploy of an assembly would do to what stands in an account: each of its stacks against the deployed template,
 * stacks within stacks among them, in every Region. One that cannot be read hides no other.
 *
 * @throws HoldfastError `invalid-input` for a folder that is no assembly
 */
export async function compareDeployed(reads: StackReads, assembly: string): Promise<readonly Comparison[]> {
  const compared = await inParallel(stacksOf(assembly), async stack => {
    const refusal = await refusalOf(reads, stack);
    if (refusal !== undefined) return [unread(stack, 'template', refusal)];
    const { region, file } = stack;
    return compareStack(reads, { region, stack: stack.stack, name: stack.stack, file, depth: 0 });
  });
  return compared.flat();
}

/**
 * Why a stack of an assembly cannot be asked about at all: without a Region nobody knows where, and in another account
 * every stack would be a new one.
 */
export async function refusalOf(
  reads: StackReads,
  { region, account }: AssemblyStack,
): Promise<{ readonly why: string; readonly fix: string } | undefined> {
  if (region === '-') {
    const why = 'the stack says no Region, so nobody knows where it is deployed';
    return { why, fix: 'give the stack an environment: env: { account, region }' };
  }
  if (account === undefined) return undefined;
  try {
    const ours = await reads.account(region);
    if (ours === account) return undefined;
    const why = `the stack belongs into account ${account}, and the credentials are of ${ours}`;
    return { why, fix: 'sign in to that account' };
  } catch (error) {
    return reasonOf(error);
  }
}

interface Pair extends StackPlace {
  /** Name or ARN by which it is asked for; nothing for one that is not deployed. */
  readonly name: string | undefined;
  /** Its new template; nothing for a stack that the assembly gives up. */
  readonly file: string | undefined;
  readonly depth: number;
}

async function compareStack(reads: StackReads, pair: Pair): Promise<readonly Comparison[]> {
  const { region, stack, name, file } = pair;
  try {
    const next = file === undefined ? NOTHING : readTemplateFile(file);
    const deployed = name === undefined ? undefined : await reads.describe(region, name);
    if (deployed === undefined || deployed.status === 'REVIEW_IN_PROGRESS') {
      const comparison = compareTemplates(NOTHING, next, { region, stack });
      return withInner(comparison, await compareInner(reads, pair, NOTHING, next));
    }
    const text = await reads.template(region, deployed.arn);
    const before = readTemplate(text, `the deployed template of ${stack} in ${region}`);
    const known = await withLookedUp(reads, pair, [before, next], deployed);
    const comparison = compareTemplates(...known.templates, { region, stack });
    const unchecked = [...comparison.unchecked, ...known.unchecked, ...unsettled(pair, deployed)];
    return withInner({ ...comparison, unchecked }, await compareInner(reads, pair, before, next));
  } catch (error) {
    return [unread(pair, 'template', reasonOf(error))];
  }
}

/** Stacks that stand within another, by the logical id of each. */
type Inner = ReadonlyMap<string, readonly Comparison[]>;

async function compareInner(
  reads: StackReads,
  pair: Pair,
  before: JsonObject,
  next: JsonObject,
): Promise<Inner> {
  const [old, now] = [before, next].map(nestedOf);
  const ids = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])];
  if (ids.length === 0 || pair.depth >= DEEPEST) return new Map();
  const standing = pair.name === undefined ? [] : await reads.resources(pair.region, pair.name);
  const pairs = ids.flatMap((id): [string, Pair][] => {
    const asset = own(own(now?.get(id), 'Metadata'), 'aws:asset:path');
    const file = typeof asset === 'string' && pair.file !== undefined ? beside(pair.file, asset) : undefined;
    const name = standing.find(each => each.id === id)?.physicalId;
    // Of these nobody knows what they are compared with: they stay unchecked.
    if ((now?.has(id) === true && file === undefined) || (old?.has(id) === true && name === undefined))
      return [];
    const { region, stack, depth } = pair;
    return [[id, { region, stack: `${stack}/${id}`, name, file, depth: depth + 1 }]];
  });
  const compared = await inParallel(
    pairs,
    async ([id, inner]) => [id, await compareStack(reads, inner)] as const,
  );
  return new Map(compared);
}

const nestedOf = (template: JsonObject): ReadonlyMap<string, Json> =>
  new Map([...entriesOf(own(template, 'Resources'))].filter(([, resource]) => typeOf(resource) === NESTED));

/** A file of the assembly's own folder. */
const beside = (file: string, name: string): string => path.join(path.dirname(file), path.basename(name));

/** What a stack within is told of in its own comparison is not unchecked in that of the outer one. */
function withInner(outer: Comparison, inner: Inner): readonly Comparison[] {
  const isLookedInto = ({ type, resource }: Unchecked) => type === NESTED && inner.has(resource);
  const left = outer.unchecked.filter(each => !isLookedInto(each));
  const checked = outer.checked + outer.unchecked.length - left.length;
  return [{ ...outer, checked, unchecked: left }, ...[...inner.values()].flat()];
}

/** What is deployed is not what stands, while a deploy goes on or after one that could not be rolled back. */
function unsettled(place: StackPlace, { status }: DeployedStack): readonly Unchecked[] {
  if (/^(?:CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$/.test(status)) return [];
  const why = `the stack is ${status}, so what stands may be another thing than its template`;
  const fix = status.endsWith('_IN_PROGRESS') ? 'run again when it has ended' : 'mend the stack first';
  return [uncheckedAt(place, 'template', { why, fix })];
}
