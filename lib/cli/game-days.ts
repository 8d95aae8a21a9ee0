import { HoldfastError } from '../errors';
import { FAULT_ACTIONS, type FaultAction, type LabFault, strikeLab } from '../lab';
import type { Clock, Output } from '../ports';

/** Where and between which Regions a game day is played. */
export interface GameDay {
  readonly projectRoot: string;
  readonly clock: Clock;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Region that is active when it begins, and the one that takes over where the answer is a move. */
  readonly active: string;
  readonly standby: string;
  /** An availability zone of the active Region that has a clone, and is not the only one. */
  readonly zone: string;
}

/** Where faults of a scenario strike. */
export type Places = Pick<GameDay, 'active' | 'standby' | 'zone'>;

/** A named fault scenario: faults in their order, each with the seconds to wait after it, and the answer to them. */
export interface Scenario {
  readonly what: string;
  /** `nothing`: the application must carry it by itself; traffic goes on, nothing moves, nothing is lost. */
  readonly answer: 'failover' | 'nothing';
  /** Preflight checks of the failover that the fault leaves unknown. @default - none */
  readonly acceptUnknown?: readonly string[];
  readonly faults: (places: Places) => readonly (LabFault & { readonly waitSeconds: number })[];
}

/** The scenarios of `holdfast drill game-day`, by name. */
export const SCENARIOS = {
  'region-loss': {
    what: 'the active Region is gone at once: processes, databases, control plane',
    answer: 'failover',
    faults: ({ active }) => [{ action: 'hold', target: 'region', region: active, waitSeconds: 1 }],
  },
  'lossy-region-loss': {
    what: 'the standby receives nothing for two seconds, then the active Region is gone: writes are lost',
    answer: 'failover',
    faults: ({ active, standby }) => [
      { action: 'cut', target: 'database', region: standby, waitSeconds: 2 },
      { action: 'hold', target: 'region', region: active, waitSeconds: 1 },
    ],
  },
  'frozen-database': {
    what: 'the database of the active Region stops where it stands; its connections stay open',
    answer: 'failover',
    acceptUnknown: ['active'],
    faults: ({ active }) => [{ action: 'freeze', target: 'database', region: active, waitSeconds: 4 }],
  },
  'gray-failure': {
    what: 'the service of the active Region answers slowly, and is up by every shallow check',
    answer: 'failover',
    acceptUnknown: ['active'],
    faults: ({ active }) => [
      { action: 'delay', target: 'clone', region: active, all: true, milliseconds: 500, waitSeconds: 5 },
    ],
  },
  'full-queue': {
    what: 'the queue of the active Region is not worked any more and fills, then the Region is gone',
    answer: 'failover',
    faults: ({ active }) => [
      { action: 'fill', target: 'queue', region: active, count: 50, waitSeconds: 3 },
      { action: 'hold', target: 'region', region: active, waitSeconds: 1 },
    ],
  },
  'zone-loss': {
    what: 'the clones and workers of one availability zone of the active Region are gone',
    answer: 'nothing',
    faults: ({ active, zone }) => [{ action: 'hold', target: 'zone', region: active, zone, waitSeconds: 10 }],
  },
  'slow-network': {
    what: 'one clone of the active Region and the network to the standby are slow',
    answer: 'nothing',
    faults: ({ active, standby }) => [
      { action: 'delay', target: 'database', region: standby, milliseconds: 100, waitSeconds: 0 },
      { action: 'delay', target: 'clone', region: active, milliseconds: 100, waitSeconds: 10 },
    ],
  },
  'clock-skew': {
    what: 'the clones of the active Region are an hour ahead, its workers an hour behind, one clone drifts',
    answer: 'nothing',
    faults: ({ active, standby }) => [
      { action: 'skew', target: 'clone', region: active, all: true, seconds: 3600, waitSeconds: 0 },
      { action: 'skew', target: 'worker', region: active, all: true, seconds: -3600, waitSeconds: 0 },
      { action: 'skew', target: 'clone', region: standby, all: true, rate: 1.5, waitSeconds: 10 },
    ],
  },
  'clone-loss': {
    what: 'one clone of the active Region is killed',
    answer: 'nothing',
    faults: ({ active }) => [{ action: 'kill', target: 'clone', region: active, waitSeconds: 8 }],
  },
  'cache-loss': {
    what: 'the cache of the active Region is killed, and comes back empty',
    answer: 'nothing',
    faults: ({ active }) => [{ action: 'kill', target: 'cache', region: active, waitSeconds: 8 }],
  },
  'database-restart': {
    what: 'the database of the active Region is killed, and started again where it was',
    answer: 'nothing',
    faults: ({ active }) => [{ action: 'kill', target: 'database', region: active, waitSeconds: 10 }],
  },
  'standby-cut': {
    what: 'the standby receives nothing from the active Region for ten seconds',
    answer: 'nothing',
    faults: ({ standby }) => [{ action: 'cut', target: 'database', region: standby, waitSeconds: 10 }],
  },
} as const satisfies Readonly<Record<string, Scenario>>;
/** Name of a scenario. */
export type ScenarioName = keyof typeof SCENARIOS;

/** Strikes with the faults of a scenario, one after the other. */
export async function strikeScenario(day: GameDay, name: ScenarioName): Promise<void> {
  const { projectRoot, clock, output, signal } = day;
  for (const { waitSeconds, ...fault } of SCENARIOS[name].faults(day)) {
    const text = `game day ${name}: ${fault.action} ${fault.target} in ${fault.region}`;
    output.emit({ code: 'game-day.fault', level: 'warn', text, data: fault });
    await strikeLab(projectRoot, fault);
    await clock.sleep(waitSeconds * 1000, signal);
  }
}

/**
 * Lifts what still lasts: the lost Region comes back, rejoins, and can be failed back to. Each lift is tried, whatever
 * became of the others.
 * @throws the first error of a lift, at the end
 */
export async function endGameDay(
  day: GameDay,
  name: ScenarioName,
  lift: (projectRoot: string, fault: LabFault) => Promise<void> = strikeLab,
): Promise<void> {
  const failures: unknown[] = [];
  const faults: readonly LabFault[] = SCENARIOS[name].faults(day);
  for (const { action, target, region, zone } of [...faults].reverse()) {
    const { liftedBy }: FaultAction = FAULT_ACTIONS[action];
    if (liftedBy === undefined) continue;
    const place = { target, region, ...(zone === undefined ? {} : { zone }) };
    try {
      await lift(day.projectRoot, { action: liftedBy, ...place });
      const text = `game day ${name}: ${liftedBy} ${target} in ${region}`;
      day.output.emit({ code: 'game-day.lifted', level: 'info', text });
    } catch (error) {
      if (!endedByItself(liftedBy, error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * A standby that was promoted follows nobody any more: its link is as it should be. What died since it was frozen,
 * delayed or skewed was started anew, without the fault.
 */
function endedByItself(lift: LabFault['action'], error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  if (lift === 'mend' && error.code === 'refused') return true;
  return ['thaw', 'mend', 'unskew'].includes(lift) && error.code === 'not-found';
}
