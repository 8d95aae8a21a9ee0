import type { ResolvedTopology } from '../../../regions';
import { type DrillContext, type DrillResult, preflight } from '../../drill';
import { HoldfastError } from '../../errors';
import { labStatus } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { moveInLab, UNKNOWN_IN_THE_LAB } from '../drill-run';
import { topologyOf, withDrill } from '../drill-target';
import { formatDrill, formatPreflight } from '../drill-text';
import { formatWatched, watchInLab } from '../game-day-watch';
import {
  endGameDay,
  type GameDay,
  SCENARIOS,
  type Scenario,
  type ScenarioName,
  strikeScenario,
} from '../game-days';

/** Options of `holdfast drill game-day`. */
export interface GameDayOptions extends CommonOptions {
  readonly scenario: ScenarioName;
  readonly to: string;
  readonly rate: number;
  /** Whether a failover is followed by the way home, once the Region is back. */
  readonly failback?: boolean;
}

/** How long a Region that comes back may take until it could be failed back to. */
const REJOIN_SECONDS = 180;
const LOOK_SECONDS = 3;

/** Strikes the lab under load, answers as the scenario says, measures, and lifts what was struck. */
export async function gameDay(context: CommandContext, options: GameDayOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const scenario: Scenario = SCENARIOS[options.scenario];
  return scenario.answer === 'nothing'
    ? answeredByNothing(context, topology, options)
    : answeredByFailover(context, topology, options);
}

async function answeredByFailover(
  context: CommandContext,
  topology: ResolvedTopology,
  options: GameDayOptions,
): Promise<CommandResult> {
  const { scenario, to, rate } = options;
  const { acceptUnknown }: Scenario = SCENARIOS[scenario];
  let day: GameDay | undefined;
  let result: DrillResult;
  try {
    result = await moveInLab(context, topology, {
      ...{ mode: 'failover', to, rate, acceptDataLoss: true, acceptUnknown },
      strike: async open => {
        day = await soundDay(context, open, options);
        await strikeScenario(day, scenario);
      },
    });
  } finally {
    if (day !== undefined) await endGameDay(day, scenario);
  }
  const { report, exitCode, directory } = result;
  const document = { ...report, scenario };
  const text = formatDrill(report, directory);
  if (!options.failback || report.outcome !== 'done') return { exitCode, document, text };
  const home = await wayHome(context, topology, { to: report.from, rate });
  const both = { ...document, failback: home.report };
  return {
    exitCode: exitCode === EXIT.good ? home.exitCode : exitCode,
    document: both,
    text: `${text}\n${formatDrill(home.report, home.directory)}`,
  };
}

/**
 * A drill of its own, under load, as soon as its preflight is clean.
 * @throws HoldfastError `timeout` with what the last preflight found
 */
async function wayHome(
  context: CommandContext,
  topology: ResolvedTopology,
  { to, rate }: { readonly to: string; readonly rate: number },
): Promise<DrillResult> {
  const { clock, signal } = context;
  const request = { mode: 'failback', to, acceptUnknown: UNKNOWN_IN_THE_LAB } as const;
  const deadline = clock.monotonic() + REJOIN_SECONDS * 1000;
  for (;;) {
    const found = await withDrill(context, topology, 'lab', open => preflight(open, request));
    if (found.verdict === 'clean') return moveInLab(context, topology, { ...request, rate });
    if (clock.monotonic() > deadline) {
      const why = formatPreflight(found);
      throw new HoldfastError(
        'timeout',
        `${to} could not be failed back to within ${REJOIN_SECONDS} s: ${why}`,
      );
    }
    await clock.sleep(LOOK_SECONDS * 1000, signal);
  }
}

async function answeredByNothing(
  context: CommandContext,
  topology: ResolvedTopology,
  options: GameDayOptions,
): Promise<CommandResult> {
  const { scenario, rate } = options;
  if (rate === 0)
    throw new HoldfastError('invalid-input', `${scenario} is judged by its traffic: --rate 1 or more`);
  const day = await withDrill(context, topology, 'lab', open => soundDay(context, open, options));
  let lifted = false;
  const lift = async () => {
    lifted = true;
    await endGameDay(day, scenario);
  };
  try {
    const strike = () => strikeScenario(day, scenario);
    const watched = await watchInLab(context, topology, { rate, strike, lift });
    const exitCode = watched.missed.length === 0 ? EXIT.good : EXIT.found;
    const document = { version: 1, scenario, ...watched };
    return { exitCode, document, text: formatWatched(scenario, watched) };
  } finally {
    if (!lifted) await lift();
  }
}

/**
 * Looks before anything is broken: a standby that could not take over is found before, not after.
 * @throws HoldfastError `refused` with what the preflight found
 */
async function soundDay(
  context: CommandContext,
  open: DrillContext,
  { to, scenario }: GameDayOptions,
): Promise<GameDay> {
  const found = await preflight(open, { to, acceptUnknown: UNKNOWN_IN_THE_LAB });
  if (found.verdict !== 'clean') throw new HoldfastError('refused', `no game day: ${formatPreflight(found)}`);
  const { projectRoot } = context;
  const { regions } = await labStatus({ projectRoot, clock: context.clock });
  const clones = regions.find(each => each.region === found.from)?.instances ?? [];
  const zones = new Set(clones.filter(each => each.entry === 'service').map(each => each.zone));
  const [zone] = [...zones].sort();
  if (zone === undefined) throw new HoldfastError('refused', `no game day: no clone runs in ${found.from}`);
  if (scenario === 'zone-loss' && zones.size < 2) {
    throw new HoldfastError('refused', `no game day: all clones of ${found.from} stand in ${zone}`);
  }
  return { ...context, active: found.from, standby: to, zone };
}
