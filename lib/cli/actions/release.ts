import type { ResolvedTopology } from '../../../regions';
import { HoldfastError } from '../../errors';
import { type BuildFault, faultyBuild } from '../../lab';
import { type BudgetView, beginPlanned, preflightRelease, type ReleaseOptions } from '../../release';
import { RuntimeError } from '../../runtime/errors';
import { followRelease } from '../../runtime/release/release-loop';
import type { ReleaseBuild } from '../../runtime/release/release-plan';
import { hasEnded } from '../../runtime/release/release-state';
import { commandRelease, type ReleaseCommand, type ReleaseItem } from '../../runtime/release/release-store';
import { releaseLease } from '../../runtime/release/release-turn';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { loadFor } from '../drill-run';
import { type DrillTarget, openDrill, topologyOf } from '../drill-target';
import { EXIT_OF_VERDICT } from '../drill-text';
import { builtArtifact, type OpenRelease, readArtifact, withRelease } from '../release-target';
import { formatRelease, formatReleasePreflight, releaseDocument } from '../release-text';
import { standingsNow } from './slo';

/** Options of every release command. */
export interface ReleaseCommandOptions extends CommonOptions {
  readonly target: DrillTarget;
}

/** Options of `holdfast release start`. */
export interface StartOptions extends ReleaseCommandOptions, ReleaseOptions {
  readonly artifact?: string;
  readonly build?: string;
  readonly fault?: BuildFault;
  /** Writes a second of the load in the lab; 0 for none. */
  readonly rate: number;
  readonly acceptUnknown?: readonly string[];
  /** Why it may go out although an error budget is spent. */
  readonly mends?: string;
  readonly execute?: boolean;
  readonly confirm?: string;
}

/** Checks that no lab can answer: its emulator computes no alarm. */
const UNKNOWN_IN_THE_LAB = ['alarms'];

/** Begins a release and leads it to its end; on AWS a dry run, unless it is to be executed and the application is typed again. */
export async function start(context: CommandContext, options: StartOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const isLab = options.target === 'lab';
  if (!isLab && options.fault !== undefined)
    throw wrong('--fault', options.fault, 'is for the lab', 'leave it out');
  const isDry = !isLab && options.execute !== true;
  if (!isDry && !isLab && options.confirm !== topology.application) {
    const fix = `add --confirm ${topology.application}`;
    throw wrong(
      '--confirm',
      options.confirm,
      'is not the application, which a release on AWS wants typed',
      fix,
    );
  }
  return withRelease(context, topology, options.target, async open => {
    const build = await buildOf(context, open, options, isDry);
    const acceptUnknown = [...(options.acceptUnknown ?? []), ...(isLab ? UNKNOWN_IN_THE_LAB : [])];
    const budget = isLab ? undefined : await budgetOf(context, topology, options.mends);
    const found = await preflightRelease(open.context, { build, options, acceptUnknown, budget });
    const { last, ...document } = found;
    const { plan } = found;
    if (isDry || plan === undefined) {
      const text = formatReleasePreflight(found);
      return { exitCode: EXIT_OF_VERDICT[found.verdict], document, text };
    }
    await beginPlanned(open.context, plan, last);
    return isLab && options.rate > 0
      ? underLoad(context, topology, options.rate, () => follow(context, open))
      : follow(context, open);
  });
}

/** What is left of the error budgets; nothing where nothing is promised. */
async function budgetOf(
  context: CommandContext,
  topology: ResolvedTopology,
  mends: string | undefined,
): Promise<BudgetView | undefined> {
  const standings = await standingsNow(context, topology);
  if (standings.length === 0) return undefined;
  const spent = standings.filter(({ state }) => state === 'spent').map(({ level }) => level);
  const unknown = standings.flatMap(({ level, unchecked }) => unchecked.map(reason => `${level}: ${reason}`));
  return { spent, unknown, ...(mends === undefined ? {} : { mends }) };
}

/** Adds to a result what clients saw meanwhile: without any, the active Region would have nothing to measure. */
async function underLoad(
  context: CommandContext,
  topology: ResolvedTopology,
  rate: number,
  act: () => Promise<CommandResult>,
): Promise<CommandResult> {
  const drill = openDrill(context, topology, 'lab');
  const load = loadFor(drill.context, rate);
  try {
    const result = await act();
    const { total, failed, acknowledged } = await load.stop();
    const text = `${result.text}\n\nrequests failed ${failed} of ${total}, repeats included; writes acknowledged ${acknowledged}`;
    const document = Object.assign({}, result.document, { load: { total, failed, acknowledged } });
    return { ...result, text, document };
  } finally {
    await load.stop(0);
    drill.close();
  }
}

/** What there is of the last release; exit 2 while one is under way or was rolled back. */
export async function status(
  context: CommandContext,
  options: ReleaseCommandOptions,
): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  return withRelease(context, topology, options.target, async ({ cloud }) => {
    const item = await cloud.store.read();
    if (item === undefined) {
      return { exitCode: EXIT.good, document: { version: 1, id: null }, text: 'there was no release yet' };
    }
    return described(context, item);
  });
}

/** Gives the release under way a command. Those that are to lead somewhere are followed to the end. */
export async function command(
  context: CommandContext,
  options: ReleaseCommandOptions,
  asked: ReleaseCommand,
): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  return withRelease(context, topology, options.target, async open => {
    const { store, clock, by } = open.context;
    const outcome = await commandRelease(store, asked, by, () => clock.now().getTime()).catch(
      (cause: unknown) => {
        if (!(cause instanceof RuntimeError)) throw cause;
        throw new HoldfastError('unavailable', cause.message, [], { cause });
      },
    );
    if (outcome.kind === 'none') throw new HoldfastError('not-found', 'no release is under way');
    if (outcome.kind === 'too-late') {
      const { plan, stage } = outcome.item.state;
      throw new HoldfastError(
        'refused',
        `release ${plan.id} cannot ${asked} in stage ${stage}; a release of the former build leads back`,
      );
    }
    if (asked === 'resume' || asked === 'rollback') return follow(context, open, asked === 'rollback');
    const text = `${asked}: told to release ${outcome.item.state.plan.id}`;
    const document = releaseDocument(outcome.item, clock.now().getTime());
    return { exitCode: EXIT.good, document, text };
  });
}

/** Leads the release, or looks on while another does, until it has ended. */
async function follow(
  context: CommandContext,
  { context: release }: OpenRelease,
  isBackWanted = false,
): Promise<CommandResult> {
  const { clock, output, signal } = context;
  let told = 0;
  let waiting: string | undefined;
  const item = await followRelease({
    ...{ store: release.store, target: release.target, clock, holder: release.holder, signal },
    leaseSeconds: releaseLease(release.timeScale),
    onTurn: turn => {
      const { notes, state } = turn.item;
      for (const { text } of notes.slice(told)) output.emit({ code: 'release.step', level: 'info', text });
      told = notes.length;
      if (turn.problem !== undefined) {
        output.emit({ code: 'release.problem', level: 'warn', text: turn.problem });
      }
      if (state.waitingFor === undefined || state.waitingFor === waiting) return;
      waiting = state.waitingFor;
      output.emit({ code: 'release.waits', level: 'info', text: `waits for ${waiting}` });
    },
    onProblem: text => output.emit({ code: 'release.problem', level: 'warn', text }),
  });
  if (item === undefined) {
    throw new HoldfastError('aborted', 'the release stands where it is; go on with: holdfast release resume');
  }
  const result = described(context, item);
  const isGood = item.state.stage === (isBackWanted ? 'rolled-back' : 'done');
  return { ...result, exitCode: isGood ? EXIT.good : EXIT.found };
}

function described({ clock }: CommandContext, item: ReleaseItem): CommandResult {
  const now = clock.now().getTime();
  const isDone = item.state.stage === 'done' && hasEnded(item.state);
  return {
    exitCode: isDone ? EXIT.good : EXIT.found,
    document: releaseDocument(item, now),
    text: formatRelease(item, now),
  };
}

/** The build that is released; a dry run publishes none. */
async function buildOf(
  context: CommandContext,
  { cloud }: OpenRelease,
  { build, artifact, fault }: StartOptions,
  isDry: boolean,
): Promise<ReleaseBuild> {
  if (build !== undefined) {
    if (!/^[0-9a-f]{64}$/.test(build)) {
      throw wrong('--build', build, 'is no SHA-256', 'give 64 digits of lower-case hex');
    }
    const named = { objectKey: `${build}.tgz`, sha256: build };
    if (await cloud.isPublished(named)) return named;
    throw wrong(
      '--build',
      build,
      'is not in every Region’s bucket of artifacts',
      'pass --artifact <file> instead',
    );
  }
  const bytes =
    fault === undefined
      ? readArtifact(artifact ?? builtArtifact(context))
      : await faultyBuild(fault, context.clock.now().toISOString(), context.environment);
  if (isDry) return { objectKey: 'not-published', sha256: '0'.repeat(64) };
  return cloud.publish(bytes);
}

const wrong = (path: string, received: unknown, message: string, fix: string): HoldfastError =>
  new HoldfastError('invalid-input', 'this release cannot begin', [{ path, received, message, fix }]);
