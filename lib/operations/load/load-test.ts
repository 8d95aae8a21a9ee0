import type { JourneySpec, ServiceLevelSpec } from '../../../regions';
import {
  judgeStage,
  type LevelVerdict,
  type LoadReport,
  loadVerdict,
  type StageReport,
  stageReport,
} from './report';
import { RequestMaker } from './requests';
import { type LoadRun, runStage } from './run-load';
import { type LoadStage, stagesTo } from './stages';

/** A load test: how far, how long, and against which promises. */
export interface LoadTest extends Omit<LoadRun, 'requests'> {
  readonly application: string;
  readonly url: string;
  readonly journeys: readonly JourneySpec[];
  readonly levels: readonly ServiceLevelSpec[];
  /** Requests a second. */
  readonly peak: number;
  readonly rampSeconds: number;
  readonly holdSeconds: number;
  readonly uuid: () => string;
  /** Past the peak, in steps of a quarter of it, until a promise breaks or so many steps are done. @default - no further */
  readonly mostSteps?: number;
  /** Length of such a step. @default 10 */
  readonly stepSeconds?: number;
  /** Clones that serve, and what one of them is stated to carry; for the arithmetic past the peak. */
  readonly clones: number;
  readonly statedPerClone: number;
}

/** Runs it: warm-up, ramp, peak, and past it when asked. Interrupted, it reports what was seen until then as unchecked. */
export async function runLoadTest(test: LoadTest): Promise<LoadReport> {
  const { clock, random, uuid, journeys, peak, signal } = test;
  const run: LoadRun = { ...test, requests: new RequestMaker(journeys, random, uuid) };
  const routes = Object.fromEntries(journeys.map(({ name, route }) => [name, route]));
  const at = clock.now().toISOString();
  const stages: StageReport[] = [];
  let levels: readonly LevelVerdict[] = [];
  const play = async (stage: LoadStage) => {
    const result = await runStage(run, stage);
    stages.push(stageReport(result));
    return judgeStage(test.levels, routes, result);
  };
  for (const stage of stagesTo(peak, { ramp: test.rampSeconds, hold: test.holdSeconds })) {
    if (signal.aborted) break;
    levels = await play(stage);
  }
  const interrupted = signal.aborted;
  const further = test.mostSteps !== undefined && !interrupted && loadVerdict(levels) === 'passed';
  const beyond = further ? await pastThePeak(test, play) : {};
  const { application, url } = test;
  const verdict = interrupted ? 'unchecked' : loadVerdict(levels);
  return { version: 1, application, url, at, verdict, peak, stages, levels, ...beyond };
}

/** Goes on in steps until a promise breaks; says how that fits what one clone is stated to carry. */
async function pastThePeak(
  test: LoadTest,
  play: (stage: LoadStage) => Promise<readonly LevelVerdict[]>,
): Promise<Pick<LoadReport, 'breaksAt' | 'capacity'>> {
  const { peak, mostSteps = 0, stepSeconds = 10, clones, statedPerClone, signal } = test;
  let held = peak;
  for (let step = 1; step <= mostSteps && !signal.aborted; step += 1) {
    const rate = peak * (1 + step / 4);
    const levels = await play({ name: `step-${step}`, fromRate: rate, toRate: rate, seconds: stepSeconds });
    const verdict = loadVerdict(levels);
    if (verdict === 'failed') return { breaksAt: rate, capacity: arithmetic(held) };
    if (verdict === 'unchecked')
      return { breaksAt: null, capacity: { clones, statedPerClone, measuredPerClone: null, holds: null } };
    held = rate;
  }
  return { breaksAt: null, capacity: arithmetic(held) };

  function arithmetic(rate: number): NonNullable<LoadReport['capacity']> {
    const measuredPerClone = rate / clones;
    return { clones, statedPerClone, measuredPerClone, holds: measuredPerClone >= statedPerClone };
  }
}
