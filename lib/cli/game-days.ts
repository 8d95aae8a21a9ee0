import { HoldfastError } from '../errors';
import { type LabFault, strikeLab } from '../lab';
import type { Clock, Output } from '../ports';

/** Where and between which Regions a game day is played. */
export interface GameDay {
  readonly projectRoot: string;
  readonly clock: Clock;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Region that is active when it begins, and the one that is to take over. */
  readonly active: string;
  readonly standby: string;
}

/** A named fault scenario: faults in their order, each with the seconds to wait after it. */
export interface Scenario {
  readonly what: string;
  readonly faults: (
    day: Pick<GameDay, 'active' | 'standby'>,
  ) => readonly (LabFault & { readonly waitSeconds: number })[];
}

/** The scenarios of `holdfast drill game-day`, by name. Each is answered by a failover. */
export const SCENARIOS = {
  'region-loss': {
    what: 'the active Region is gone at once: processes, databases, control plane',
    faults: ({ active }) => [{ action: 'hold', target: 'region', region: active, waitSeconds: 1 }],
  },
  'lossy-region-loss': {
    what: 'the standby receives nothing for two seconds, then the active Region is gone: writes are lost',
    faults: ({ active, standby }) => [
      { action: 'cut', target: 'database', region: standby, waitSeconds: 2 },
      { action: 'hold', target: 'region', region: active, waitSeconds: 1 },
    ],
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
  for (const { action, target, region } of [...SCENARIOS[name].faults(day)].reverse()) {
    const lifting = action === 'hold' ? 'release' : 'mend';
    try {
      await lift(day.projectRoot, { action: lifting, target, region });
      const text = `game day ${name}: ${lifting} ${target} in ${region}`;
      day.output.emit({ code: 'game-day.lifted', level: 'info', text });
    } catch (error) {
      // A standby that was promoted follows nobody any more: its cut ended with the promotion.
      if (!(lifting === 'mend' && error instanceof HoldfastError && error.code === 'refused'))
        failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
