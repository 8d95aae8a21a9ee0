import type { ResolvedTopology } from '../../../regions';
import { type DrillContext, preflight } from '../../drill';
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
}

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
  try {
    const result = await moveInLab(context, topology, {
      ...{ mode: 'failover', to, rate, acceptDataLoss: true, acceptUnknown },
      strike: async open => {
        day = await soundDay(context, open, options);
        await strikeScenario(day, scenario);
      },
    });
    const { report, exitCode, directory } = result;
    const document = { ...report, scenario };
    return { exitCode, document, text: formatDrill(report, directory) };
  } finally {
    if (day !== undefined) await endGameDay(day, scenario);
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
