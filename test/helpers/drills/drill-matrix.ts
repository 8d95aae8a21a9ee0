// The matrix: every step, every fault, three moments, short and lasting, in each mode.
import type { DrillMode } from '../../../lib/drill';
import { STEPS_OF_MODE } from '../../../lib/drill/plan/plan-steps';
import { FAULTS, type FaultName } from './drill-faults';
import { DrillStory, type LifeEnding, type StoryResult } from './drill-story';
import type { Mutant } from './drill-world';

export const MODES = ['switchover', 'failover', 'failback'] as const satisfies readonly DrillMode[];
/** When the fault strikes: as the step begins, as it acts (as it first looks, where it only waits), as it has ended. */
export const MOMENTS = ['begin', 'act', 'end'] as const;
/** Short faults are lifted after eight seconds, lasting ones when the process has given up. */
export const LENGTHS = ['short', 'lasting'] as const;
const SHORT = 8000;
const ISOLATED = 24 * 3_600_000;

/** One run of the matrix. */
export interface Cell {
  readonly mode: DrillMode;
  readonly step: string;
  readonly fault: FaultName;
  readonly moment: (typeof MOMENTS)[number];
  readonly length: (typeof LENGTHS)[number];
}

/** All of them. */
export const CELLS: readonly Cell[] = MODES.flatMap(mode =>
  STEPS_OF_MODE[mode].flatMap(step =>
    FAULTS.flatMap(fault =>
      MOMENTS.flatMap(moment => LENGTHS.map(length => ({ mode, step, fault, moment, length }))),
    ),
  ),
);

export interface CellResult extends StoryResult {
  /** Whether the fault struck at all. */
  readonly struck: boolean;
}

/** Plays one cell. In a failover the old Region serves its clients on, and hears and reaches nobody else. */
export async function playCell(cell: Cell, mutant?: Mutant): Promise<CellResult> {
  const { mode, step, fault, moment, length } = cell;
  const story = new DrillStory(1 + CELLS.indexOf(cell), mode, mutant);
  const { world, faults } = story;
  let struck = false;
  const result = await story.play(async () => {
    await story.warmUp();
    if (mode === 'failover') world.network.isolate(story.from, ISOLATED);
    const runner = story.process();
    let lift = (): void => undefined;
    const strike = () => {
      if (struck) return;
      struck = true;
      const off = faults.strike(fault, runner, story.to, length === 'lasting');
      lift = off;
      if (length === 'short') world.simulation.at(world.simulation.time + SHORT, off);
    };
    runner.onRecord = record => {
      if (record.step !== step) return;
      if (record.type === (moment === 'act' ? 'act' : `step-${moment}`)) strike();
      else if (moment === 'act' && record.type === 'step-begin') {
        world.simulation.at(world.simulation.time + 1, () => runner.dead || strike());
      }
    };
    await story.live(runner, 'run');
    lift();
    await story.finish();
  });
  return { ...result, struck };
}

const CODES: Readonly<Record<string, string>> = {
  done: 'D',
  'rolled-back': 'B',
  'safe-stop': 'S',
  killed: 'K',
  refused: 'R',
};

/** Endings in short: `D` done, `B` gone back, `S` stopped safely, `K` killed; `SD` stopped, then done by `resume`. */
export const shorten = (endings: readonly LifeEnding[]): string =>
  endings.map(ending => CODES[ending] ?? `(${ending})`).join('');

/** The results of a mode as a table: a row a step, a column a fault. */
export function renderMatrix(mode: DrillMode, results: ReadonlyMap<Cell, CellResult>): string {
  const rows = STEPS_OF_MODE[mode].map(step => {
    const cells = FAULTS.map(fault => {
      const found = [...results].filter(
        ([cell]) => cell.mode === mode && cell.step === step && cell.fault === fault,
      );
      const codes = new Set(found.map(([, { endings, struck }]) => (struck ? shorten(endings) : '-')));
      return [...codes].sort().join(' ');
    });
    return `| \`${step}\` | ${cells.join(' | ')} |`;
  });
  const head = `| ${mode} | ${FAULTS.join(' | ')} |\n| ${['', ...FAULTS].map(() => '---').join(' | ')} |`;
  return `${head}\n${rows.join('\n')}\n`;
}
