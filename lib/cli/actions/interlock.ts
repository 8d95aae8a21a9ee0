import { homesOf } from '../../../regions';
import { createInterlockFacts, type InterlockFactsStore } from '../../aws';
import { HoldfastError } from '../../errors';
import { labConnection } from '../../lab';
import { homeRegisterKey } from '../../naming';
import { RuntimeError, reasonOf } from '../../runtime/errors';
import { type BreakGlass, type InterlockVerdict, judgeInterlock } from '../../runtime/interlock/interlock';
import { newBreakGlass } from '../../runtime/interlock/interlock-items';
import { REGISTER_KEY } from '../../runtime/register/register';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { anyTopologyOf, type DrillTarget } from '../drill-target';
import { table } from '../table';

/** Options of every part of `holdfast interlock`. */
export interface InterlockOptions extends CommonOptions {
  readonly target: DrillTarget;
  readonly region?: readonly string[];
}

/** Options of `holdfast interlock open`. */
export interface OpenOptions extends InterlockOptions {
  readonly reason: string;
  readonly minutes: number;
  readonly by?: string;
}

/** Options of `holdfast interlock close`. */
export type CloseOptions = InterlockOptions;

/** One Region's part of a result. */
interface RegionResult {
  readonly region: string;
  /** What holds there: `free`, `refused`, `broken-glass`, `given`, `taken-back`, `none` or `unknown`. */
  readonly state: string;
  readonly reason?: string;
  /** ISO time at which it ends by itself. */
  readonly until?: string;
  /** A leave that stands there, whether it is needed now or not. */
  readonly leave?: { readonly by: string; readonly reason: string; readonly until: string };
}

/** What each Region's interlock would say now. Exit 2 when one holds deploys back, 1 when one cannot be read. */
export async function status(context: CommandContext, options: InterlockOptions): Promise<CommandResult> {
  const results = await inEachRegion(context, options, async (store, region) => {
    const facts = await store.facts(region);
    const now = context.clock.now().getTime();
    const leave = facts.breakGlass && facts.breakGlass.until > now ? facts.breakGlass : undefined;
    return { ...verdictFields(judgeInterlock(facts, now)), ...(leave && { leave: leaveFields(leave) }) };
  });
  const found = results.some(({ state }) => state === 'refused' || state === 'broken-glass');
  return finished(results, found);
}

/** Gives leave to deploy, in each Region. */
export async function open(context: CommandContext, options: OpenOptions): Promise<CommandResult> {
  const leave = asked(() =>
    newBreakGlass(options.by ?? '', options.reason, options.minutes, context.clock.now().getTime()),
  );
  const results = await inEachRegion(context, options, async (store, region) => {
    await store.give(region, leave);
    return { state: 'given', leave: leaveFields(leave) };
  });
  return finished(results, false);
}

/** Takes leave back, in each Region. */
export async function close(context: CommandContext, options: CloseOptions): Promise<CommandResult> {
  const results = await inEachRegion(context, options, async (store, region) => ({
    state: (await store.takeBack(region)) ? 'taken-back' : 'none',
  }));
  return finished(results, false);
}

/** Asks every Region, and keeps what one says when another does not answer. */
async function inEachRegion(
  context: CommandContext,
  options: InterlockOptions,
  act: (store: InterlockFactsStore, region: string) => Promise<Omit<RegionResult, 'region'>>,
): Promise<readonly RegionResult[]> {
  const topology = await anyTopologyOf(context, options);
  const known = topology.regions.map(({ name }) => name);
  const regions = options.region ?? known;
  const strange = regions.filter(region => !known.includes(region));
  if (strange.length > 0) {
    throw new HoldfastError('invalid-input', 'not a Region of the topology', [
      {
        path: '--region',
        received: strange.join(' '),
        message: 'is unknown',
        fix: `use ${known.join(', ')}`,
      },
    ]);
  }
  const lab =
    options.target === 'lab' ? labConnection(context.projectRoot, homesOf(topology)[0]?.home) : undefined;
  const { clock } = context;
  const { application } = topology;
  const keys = homesOf(topology).map(({ home }) =>
    home === undefined ? REGISTER_KEY : homeRegisterKey(home),
  );
  const access = lab === undefined ? {} : { endpoint: lab.endpoint, credentials: lab.credentials };
  const store = createInterlockFacts({ clock, application, keys, ...access });
  try {
    return await Promise.all(
      regions.map(async region => {
        try {
          return { region, ...(await act(store, region)) };
        } catch (error) {
          return { region, state: 'unknown', reason: reasonOf(error) };
        }
      }),
    );
  } finally {
    store.close();
  }
}

function verdictFields(verdict: InterlockVerdict): Omit<RegionResult, 'region'> {
  if (verdict.kind === 'free') return { state: 'free' };
  if (verdict.kind === 'broken-glass') return { state: verdict.kind, reason: verdict.refusal };
  const until = verdict.until === undefined ? {} : { until: new Date(verdict.until).toISOString() };
  return { state: 'refused', reason: verdict.refusal, ...until };
}

const leaveFields = ({ by, reason, until }: BreakGlass) => ({
  by,
  reason,
  until: new Date(until).toISOString(),
});

function finished(regions: readonly RegionResult[], found: boolean): CommandResult {
  const unknown = regions.some(({ state }) => state === 'unknown');
  const rows = regions.map(({ region, state, reason, leave }) => [
    region,
    state,
    leave === undefined ? '-' : `${leave.by} until ${leave.until}: ${leave.reason}`,
    reason ?? '',
  ]);
  const document = { version: 1, regions };
  return {
    exitCode: found ? EXIT.found : unknown ? EXIT.failed : EXIT.good,
    document,
    text: table(['Region', 'deploys', 'leave', 'why'], rows),
  };
}

function asked<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new HoldfastError('invalid-input', 'this leave cannot be given', [...error.problems]);
  }
}
