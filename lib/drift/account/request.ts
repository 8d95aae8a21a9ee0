import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import type { RegisterRecord } from '../../runtime/register/register';
import type { Facts } from '../classify/rule';
import type { Comparison, SourceKind } from '../model';
import { PROBES } from '../probes';
import { readLiveStacks } from '../probes/live-stack';
import type { LiveReads } from '../probes/port';
import { probe } from '../probes/probe';
import { readSettings } from '../probes/settings';
import type { DriftSource } from '../run';
import { stacksOf } from '../sources/assembly';
import { makeChangeSets, readChangeSets } from './change-sets';
import { compareDeployed } from './deployed';
import type { DriftAccount } from './port';
import { detectDrifts } from './stack-drifts';
import { reasonOf, type StackPlace, uncheckedAt, unread } from './unchecked';

/** What to ask an account, as it is named on a command line. */
export interface AccountRequest {
  /** Folder of a cloud assembly: whose stacks, in which Regions. @default - the stacks given */
  readonly assembly?: string;
  /** Whether the assembly is held against the deployed templates. */
  readonly fromAccount?: boolean;
  /** Whether CloudFormation is asked for change sets of the assembly, which are deleted again. */
  readonly makeChangeSets?: boolean;
  /** Name of change sets that exist already. */
  readonly readChangeSet?: string;
  /** Whether CloudFormation's drift detection is started and waited for. */
  readonly detectDrift?: boolean;
  /** Whether what runs is probed. */
  readonly live?: boolean;
}

/** What asking takes. */
export interface AccountRun {
  readonly account: DriftAccount & { readonly live: LiveReads };
  /** Stacks to detect and probe. @default - those of the assembly */
  readonly stacks?: readonly StackPlace[];
  /** What the register says, where that is known already. @default - it is read, when anything is probed */
  readonly register?: Facts['register'];
  /** Regions that may be asked for the register, one after the other. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** What an account has said: sources for a run, and what is known of the application. */
export interface AccountAnswers {
  readonly sources: readonly DriftSource[];
  readonly facts: Facts;
}

/** Whether a request asks an account at all. */
export const asksAccount = (request: AccountRequest): boolean =>
  request.fromAccount === true ||
  request.makeChangeSets === true ||
  request.readChangeSet !== undefined ||
  request.detectDrift === true ||
  request.live === true;

/**
 * Asks an account everything that a request names, at the same time. What cannot be read is told in the answers, and
 * hides nothing of the others.
 *
 * @throws HoldfastError `invalid-input` when an assembly is needed and none is named, `aborted`
 */
export async function askAccount(request: AccountRequest, run: AccountRun): Promise<AccountAnswers> {
  const { account, clock, signal, random } = run;
  const assembly = () => {
    if (request.assembly !== undefined) return request.assembly;
    const problem = { path: '--assembly', message: 'is missing', fix: 'name cdk.out' };
    throw new HoldfastError('invalid-input', 'half a pair', [problem]);
  };
  const all: readonly StackPlace[] = run.stacks ?? stacksOf(assembly());
  const places = all.filter(isSomewhere);
  const { makeChangeSets: make, readChangeSet: named } = request;
  const asked: [SourceKind, Promise<readonly Comparison[]>][] = [];
  if (request.fromAccount) asked.push(['template', compareDeployed(account.stacks, assembly())]);
  if (make)
    asked.push(['change-set', makeChangeSets(account, { assembly: assembly(), clock, signal, random })]);
  if (named !== undefined) asked.push(['change-set', readChangeSets(account, assembly(), named)]);
  if (request.detectDrift)
    asked.push(['stack-drift', detectDrifts(account.detection, places, { clock, signal })]);
  const probed = request.live ? probeStacks(run, places) : undefined;
  // Of several that fail, each is waited for: a change set is deleted before anything is said.
  const ended = await Promise.allSettled([...asked.map(([, comparisons]) => comparisons), probed]);
  const failures = ended.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
  // One that names what was left behind says more than one that was only interrupted.
  const telling = failures.find(each => each instanceof HoldfastError && each.problems.length > 0);
  if (failures.length > 0) throw telling ?? failures[0];
  if (signal.aborted) throw new HoldfastError('aborted', 'the run was interrupted');
  const answers = await probed;
  const isPlaced = request.live !== true && request.detectDrift !== true;
  const nowhere = isPlaced ? [] : all.filter(each => !isSomewhere(each)).map(placeless);
  const known = await Promise.all(
    asked.map(async ([kind, comparisons]) => sourceOf(kind, await comparisons)),
  );
  return {
    sources: [
      ...known,
      sourceOf('probe', nowhere),
      ...(answers === undefined ? [] : [sourceOf('probe', answers.comparisons)]),
    ],
    facts: answers?.facts ?? {},
  };
}

/** A stack without a Region cannot be looked up. */
const isSomewhere = ({ region }: StackPlace): boolean => region !== '-';
const placeless = (place: StackPlace): Comparison =>
  unread(place, 'probe', {
    why: 'the stack says no Region, so nobody knows where it stands',
    fix: 'give the stack an environment: env: { account, region }, or name it with --stack',
  });

const sourceOf = (kind: SourceKind, comparisons: readonly Comparison[]): DriftSource => ({
  ...{ name: 'the account', kind },
  read: () => comparisons,
});

async function probeStacks(
  { account, regions, register: given }: AccountRun,
  places: readonly StackPlace[],
): Promise<{ readonly comparisons: readonly Comparison[]; readonly facts: Facts }> {
  const [read, register] = await Promise.all([
    readLiveStacks(account.stacks, places),
    given === undefined ? readRegister(account.live, regions) : { active: given, unchecked: [] },
  ]);
  const { settings, unchecked } = await readSettings(account.live, read.stacks);
  const { active } = register;
  const found = await probe(PROBES, {
    ...{ live: account.live, stacks: read.stacks, settings },
    isWhole: read.unchecked.length === 0,
    ...(active === undefined ? {} : { active: active.region }),
  });
  const missing = [...read.unchecked, ...unchecked, ...register.unchecked];
  return {
    comparisons: [found, { checked: 0, changes: [], unchecked: missing }],
    facts: active === undefined ? {} : { register: { epoch: active.epoch, region: active.region } },
  };
}

/** The register by the first Region that answers; half a move explains nothing. */
async function readRegister(live: LiveReads, regions: readonly string[]) {
  let why = 'no Region could be asked';
  let fix = 'name a topology with Regions';
  for (const region of regions) {
    try {
      const record = await live.register(region);
      if (record?.phase === 'active') return { active: record, unchecked: [] };
      ({ why, fix } = unreadable(record));
      break;
    } catch (error) {
      ({ why, fix } = reasonOf(error));
    }
  }
  const place = { region: regions[0] ?? '-', stack: 'the register' };
  return { active: undefined, unchecked: [uncheckedAt(place, 'probe', { why, fix })] };
}

const unreadable = (record: RegisterRecord | undefined): { readonly why: string; readonly fix: string } =>
  record === undefined
    ? { why: 'the register holds no record', fix: 'write the first one: the application is not born yet' }
    : {
        why: `the register says ${record.phase} ${record.region}: a move is under way`,
        fix: 'run again when it has ended, or resume the drill',
      };
