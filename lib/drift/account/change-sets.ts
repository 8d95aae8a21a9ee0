import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import { entriesOf } from '../compare/entries';
import { own } from '../compare/values';
import type { Comparison, Json, Unchecked } from '../model';
import { type AssemblyStack, stacksOf } from '../sources/assembly';
import { readChangeSet } from '../sources/change-set';
import { objectsOf, textOf } from '../sources/documents';
import { readTemplateFile } from '../sources/templates';
import { refusalOf } from './deployed';
import { inParallel } from './parallel';
import type { ChangeSets, DriftAccount, NewChangeSet } from './port';
import { reasonOf, type StackPlace, uncheckedAt, unread } from './unchecked';

/** What making and waiting takes. */
export interface ChangeSetOptions {
  readonly assembly: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** From 0 to below 1, for names that no other run has. */
  readonly random: () => number;
}

/** Bytes of a template that CloudFormation takes with the call; a longer one must have been uploaded. */
const LONGEST_BODY = 51_200;
/** Seconds between two looks, and after which a change set is given up. */
const LOOK_SECONDS = 2;
const PATIENCE_SECONDS = 600;
/** Seconds in which a change set must be gone. */
const DELETION_SECONDS = 60;
/** Change sets within change sets that are followed. */
const DEEPEST = 10;

/**
 * What CloudFormation itself says of a deploy: a change set of each stack is made under a name of its own, described to
 * the end and deleted again, whatever happens in between. None is executed. A stack that is not there yet gets none,
 * since that would leave an empty stack behind.
 *
 * @throws HoldfastError `invalid-input` for a folder that is no assembly, `aborted` once what was made is deleted
 */
export async function makeChangeSets(
  account: DriftAccount,
  options: ChangeSetOptions,
): Promise<readonly Comparison[]> {
  const left: Unchecked[] = [];
  const compared = await inParallel(stacksOf(options.assembly), async stack =>
    guarded(stack, () => looked(account, stack, options, left)),
  );
  if (options.signal.aborted) throw interrupted(left);
  const told = left.map(each => ({ checked: 0, changes: [], unchecked: [each] }));
  return [...compared.flat(), ...told];
}

/** What an interrupted run leaves behind is named, since nothing else will be said. */
function interrupted(left: readonly Unchecked[]): HoldfastError {
  const problems = left.map(({ region, stack, why, fix }) => ({
    path: `${region}/${stack}`,
    message: why,
    fix,
  }));
  return new HoldfastError('aborted', 'the run was interrupted', problems);
}

/** Change sets that somebody else has made under one name, such as `cdk deploy --method=prepare-change-set`. */
export async function readChangeSets(
  account: DriftAccount,
  assembly: string,
  name: string,
): Promise<readonly Comparison[]> {
  const compared = await inParallel(stacksOf(assembly), async stack =>
    guarded(stack, async () => {
      const refusal = await refusalOf(account.stacks, stack);
      if (refusal !== undefined) return [unread(stack, 'change-set', refusal)];
      return described(account.changeSets, stack, name);
    }),
  );
  return compared.flat();
}

async function guarded(
  place: StackPlace,
  act: () => Promise<readonly Comparison[]>,
): Promise<readonly Comparison[]> {
  try {
    return await act();
  } catch (error) {
    // An interrupted run still waits for what the others delete.
    if (error instanceof HoldfastError && error.code === 'aborted') return [];
    return [unread(place, 'change-set', reasonOf(error))];
  }
}

async function looked(
  account: DriftAccount,
  stack: AssemblyStack,
  options: ChangeSetOptions,
  left: Unchecked[],
): Promise<readonly Comparison[]> {
  const { region } = stack;
  const refusal = options.signal.aborted ? undefined : await refusalOf(account.stacks, stack);
  if (refusal !== undefined) return [unread(stack, 'change-set', refusal)];
  assertGoesOn(options.signal);
  const deployed = await account.stacks.describe(region, stack.stack);
  if (deployed === undefined || deployed.status === 'REVIEW_IN_PROGRESS') {
    const why = 'the stack is not there yet, and a change set would leave an empty one behind';
    return [unread(stack, 'change-set', { why, fix: 'compare the templates: --from-account' })];
  }
  const made = newChangeSet(stack, [...deployed.parameters.keys()], options);
  try {
    assertGoesOn(options.signal);
    await created(account.changeSets, stack, made);
    await whenDone(account.changeSets, stack, made.name, options);
    return await described(account.changeSets, stack, made.name);
  } finally {
    // Also when it is not known whether it was made, and when the run is interrupted.
    left.push(...(await deletedAgain(account.changeSets, stack, made.name, options.clock)));
  }
}

/** A template that goes by its address must have been uploaded, and the service only says that it is not there. */
async function created(
  changeSets: ChangeSets,
  { region, stack }: StackPlace,
  made: NewChangeSet,
): Promise<void> {
  try {
    await changeSets.create(region, stack, made);
  } catch (error) {
    if (!('url' in made.template) || !(error instanceof HoldfastError) || error.code !== 'refused')
      throw error;
    const problem = { path: made.template.url, message: 'may not have been uploaded yet', fix: PREPARED };
    throw new HoldfastError(error.code, error.message, [problem], { cause: error });
  }
}

const PREPARED =
  'have the CDK prepare the change set, which uploads it (cdk deploy --method=prepare-change-set), and give --read-change-set';

function newChangeSet(
  stack: AssemblyStack,
  known: readonly string[],
  options: ChangeSetOptions,
): NewChangeSet {
  const template = readTemplateFile(stack.file);
  const body = JSON.stringify(template); // without the blanks, which count
  const declared = entriesOf(own(template, 'Parameters'));
  const digits = Math.floor(options.random() * 2 ** 40).toString(16);
  const name = `holdfast-drift-${digits.padStart(10, '0')}`;
  const keep = known.filter(parameter => declared.has(parameter));
  if (Buffer.byteLength(body) <= LONGEST_BODY) return { name, template: { body }, keep };
  const url = addressOf(stack);
  if (url !== undefined) return { name, template: { url }, keep };
  const problem = {
    path: stack.file,
    message: `has more than ${LONGEST_BODY} bytes, and the assembly does not say where it is uploaded`,
    fix: PREPARED,
  };
  throw new HoldfastError('invalid-input', 'no change set can be made of the template', [problem]);
}

/** Address of an uploaded template in the form that CloudFormation takes. */
function addressOf({ region, uploaded }: AssemblyStack): string | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uploaded ?? '') ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${bucket}.s3.${region}.${suffix}/${key}`;
}

async function whenDone(
  changeSets: ChangeSets,
  { region, stack }: StackPlace,
  name: string,
  { clock, signal }: ChangeSetOptions,
): Promise<void> {
  const end = clock.monotonic() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const status = textOf(await changeSets.describe(region, stack, name), 'Status');
    if (status !== 'CREATE_PENDING' && status !== 'CREATE_IN_PROGRESS') return;
    if (clock.monotonic() > end) {
      throw new HoldfastError('timeout', `change set ${name} was not made in ${PATIENCE_SECONDS} s`);
    }
    await clock.sleep(LOOK_SECONDS * 1000, signal);
  }
}

/** A change set and those of the stacks within, each told at its own stack. */
async function described(
  changeSets: ChangeSets,
  { region, stack }: StackPlace,
  name: string,
  depth = 0,
): Promise<readonly Comparison[]> {
  const document = await changeSets.describe(region, stack, name);
  const outer = readChangeSet(document, `change set ${name} of ${stack} in ${region}`);
  const inner = depth < DEEPEST ? innerOf(document) : [];
  const told = await Promise.all(
    inner.map(each => described(changeSets, { region, stack: each.stack }, each.changeSet, depth + 1)),
  );
  const known = new Set(inner.map(({ resource }) => resource));
  const unchecked = outer.unchecked.filter(each => each.type !== NESTED || !known.has(each.resource));
  return [{ ...outer, unchecked }, ...told.flat()];
}

const NESTED = 'AWS::CloudFormation::Stack';

/** Stacks within, which have change sets of their own once the outer one was made with them. */
function innerOf(document: Json) {
  return objectsOf(own(document, 'Changes')).objects.flatMap(each => {
    const change = own(each, 'ResourceChange') ?? null;
    const [changeSet, stack] = [textOf(change, 'ChangeSetId'), textOf(change, 'PhysicalResourceId')];
    if (textOf(change, 'ResourceType') !== NESTED || changeSet === '-') return [];
    return [
      { resource: textOf(change, 'LogicalResourceId'), changeSet, stack: stack === '-' ? changeSet : stack },
    ];
  });
}

/**
 * Tries for a while, since CloudFormation refuses to delete a change set that it is still making; what is there after
 * that is said by name.
 */
async function deletedAgain(
  changeSets: ChangeSets,
  place: StackPlace,
  name: string,
  clock: Clock,
): Promise<readonly Unchecked[]> {
  const end = clock.monotonic() + DELETION_SECONDS * 1000;
  for (;;) {
    try {
      await changeSets.delete(place.region, place.stack, name);
      return [];
    } catch (error) {
      const { why: reason } = reasonOf(error);
      if (clock.monotonic() >= end) {
        const why = `change set ${name} could not be deleted again: ${reason}`;
        return [uncheckedAt(place, 'change-set', { why, fix: 'delete it by hand; it must not be executed' })];
      }
      await clock.sleep(LOOK_SECONDS * 1000);
    }
  }
}

function assertGoesOn(signal: AbortSignal): void {
  if (signal.aborted) throw new HoldfastError('aborted', 'the run was interrupted');
}
