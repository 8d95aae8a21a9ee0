import type { ServiceLevelSpec } from '../../../regions';
import type { StageResult } from './run-load';
import type { Tally, TallySummary } from './tally';

/** What one stage came to, as data. */
export interface StageReport {
  readonly name: string;
  readonly fromRate: number;
  readonly toRate: number;
  readonly seconds: number;
  readonly all: TallySummary;
  readonly journeys: Readonly<Record<string, TallySummary>>;
  /** One a second. */
  readonly perSecond: readonly TallySummary[];
  /** Whether this machine sent late by more than a quarter of a second: then it was measured, and not the service. */
  readonly senderLate: boolean;
}

/** One promise against what was measured at the peak. */
export interface LevelVerdict {
  readonly level: string;
  readonly target: number;
  /** Share that was good. */
  readonly held: number | null;
  readonly state: 'kept' | 'broken' | 'unchecked';
  readonly why: string;
}

/** What a load test found. */
export interface LoadReport {
  readonly version: 1;
  readonly application: string;
  readonly url: string;
  readonly at: string;
  /** `passed` when every promise that a load can judge was kept at the peak; `unchecked` when one could not be judged. */
  readonly verdict: 'passed' | 'failed' | 'unchecked';
  /** Requests a second that were stated as the peak. */
  readonly peak: number;
  readonly stages: readonly StageReport[];
  readonly levels: readonly LevelVerdict[];
  /** First rate past the peak at which a promise broke; null when none did, absent when nobody looked. */
  readonly breaksAt?: number | null;
  /** The topology's arithmetic beside what was measured; absent when nobody went past the peak. */
  readonly capacity?: {
    readonly clones: number;
    readonly statedPerClone: number;
    readonly measuredPerClone: number | null;
    /** Whether a clone carries what was stated. */
    readonly holds: boolean | null;
  };
}

/** Later than this, the sender was the limit. */
const LATE_SECONDS = 0.25;

/** A stage as data. */
export function stageReport({ stage, all, journeys, seconds, lateSeconds }: StageResult): StageReport {
  return {
    ...stage,
    all: all.summary(),
    journeys: Object.fromEntries([...journeys].map(([name, tally]) => [name, tally.summary()])),
    perSecond: seconds.map(tally => tally.summary()),
    senderLate: lateSeconds > LATE_SECONDS,
  };
}

/** The promises that requests can judge, against one stage. What is late by the sender's fault is judged by nobody. */
export function judgeStage(
  levels: readonly ServiceLevelSpec[],
  routes: Readonly<Record<string, string>>,
  result: StageResult,
): readonly LevelVerdict[] {
  return levels
    .filter(({ kind }) => kind === 'availability' || kind === 'latency')
    .map(level => {
      const { name, target } = level;
      const tallies =
        level.route === undefined
          ? [result.all]
          : [...result.journeys].flatMap(([journey, tally]) =>
              routes[journey] === level.route ? [tally] : [],
            );
      const requests = tallies.reduce((sum, tally) => sum + tally.summary().requests, 0);
      const verdict = (state: LevelVerdict['state'], held: number | null, why: string) => ({
        level: name,
        target,
        held,
        state,
        why,
      });
      if (requests === 0) return verdict('unchecked', null, `no journey asks ${level.route ?? 'anything'}`);
      if (result.lateSeconds > LATE_SECONDS)
        return verdict('unchecked', null, `this machine sent ${result.lateSeconds.toFixed(1)} s late`);
      const bad =
        tallies.reduce((sum, tally) => sum + badOf(tally, level) * tally.summary().requests, 0) / requests;
      const held = 1 - bad;
      const limit =
        level.thresholdMilliseconds === undefined ? '' : ` within ${level.thresholdMilliseconds} ms`;
      const why = `${(held * 100).toFixed(3)} % of ${requests} requests were good${limit}`;
      return verdict(held >= target ? 'kept' : 'broken', held, why);
    });
}

const badOf = (tally: Tally, { kind, thresholdMilliseconds = 0 }: ServiceLevelSpec): number =>
  kind === 'latency' ? tally.badShare(thresholdMilliseconds) : tally.failedShare();

/** The worst of them; nothing to judge is unchecked. */
export function loadVerdict(levels: readonly LevelVerdict[]): LoadReport['verdict'] {
  if (levels.some(({ state }) => state === 'broken')) return 'failed';
  return levels.length === 0 || levels.some(({ state }) => state === 'unchecked') ? 'unchecked' : 'passed';
}
