import { preflight } from '../../drill';
import { HoldfastError } from '../../errors';
import type { CommandContext, CommandResult, CommonOptions } from '../context';
import { moveInLab, UNKNOWN_IN_THE_LAB } from '../drill-run';
import { topologyOf } from '../drill-target';
import { formatDrill, formatPreflight } from '../drill-text';
import { endGameDay, type GameDay, type ScenarioName, strikeScenario } from '../game-days';

/** Options of `holdfast drill game-day`. */
export interface GameDayOptions extends CommonOptions {
  readonly scenario: ScenarioName;
  readonly to: string;
  readonly rate: number;
}

/** Strikes the lab under load, answers with a failover, measures, and lifts what was struck. */
export async function gameDay(context: CommandContext, options: GameDayOptions): Promise<CommandResult> {
  const { scenario, to, rate } = options;
  const topology = await topologyOf(context, options);
  let day: GameDay | undefined;
  try {
    const result = await moveInLab(context, topology, {
      mode: 'failover',
      ...{ to, rate, acceptDataLoss: true },
      strike: async open => {
        // A standby that could not take over is found before anything is broken, not after.
        const found = await preflight(open, { to, acceptUnknown: UNKNOWN_IN_THE_LAB });
        if (found.verdict !== 'clean') {
          throw new HoldfastError('refused', `no game day: ${formatPreflight(found)}`);
        }
        day = { ...context, active: found.from, standby: to };
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
