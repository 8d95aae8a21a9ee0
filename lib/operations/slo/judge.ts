import { errorBudget, SERVICE_LEVEL_WINDOW_DAYS, type ServiceLevelSpec } from '../../../regions';
import type { Counted, ServiceLevelHistory } from './history';

const DAY = 86_400_000;

/** How a level stands at the end of its window. */
export interface LevelStanding {
  readonly level: string;
  readonly kind: ServiceLevelSpec['kind'];
  readonly target: number;
  readonly windowDays: number;
  readonly total: number;
  readonly bad: number;
  /** Share that was good; null without events. */
  readonly good: number | null;
  /** Share of the error budget that is spent: 1 is all of it. 0 without events. */
  readonly spent: number;
  /** Days until the budget is gone if the newest day repeats; null when it is not going. */
  readonly goneInDays: number | null;
  /** `kept`; `burning` when the newest day spends more than its share; `spent`; `unchecked` when a Region is missing. */
  readonly state: 'kept' | 'burning' | 'spent' | 'unchecked';
  /** Regions that could not be read, with the reason. */
  readonly unchecked: readonly string[];
}

/**
 * How each level stands at a moment, over all Regions together: a user does not care which one served badly. A level is
 * spent as soon as what was seen has spent it; it is kept only when every Region was seen.
 */
export function judgeLevels(
  levels: readonly ServiceLevelSpec[],
  history: ServiceLevelHistory,
  at: Date = new Date(history.to),
): readonly LevelStanding[] {
  return levels.map(level => {
    const windowDays = level.windowDays ?? SERVICE_LEVEL_WINDOW_DAYS;
    const counts = history.levels.filter(each => each.level === level.name).flatMap(each => each.counts);
    const within = (days: number) =>
      counts.filter(count => {
        const age = at.getTime() - Date.parse(count.at);
        return age > 0 && age <= days * DAY;
      });
    const { total, bad } = sum(within(windowDays));
    const day = sum(within(1));
    const budget = errorBudget(level);
    const spent = total === 0 ? 0 : bad / (total * budget);
    const perDay = total === 0 ? 0 : day.bad / (total * budget);
    const missing = history.unchecked.filter(each => each.level === level.name);
    const unchecked = missing.map(({ region, reason }) => `${region}: ${reason}`);
    const known = counts.length > 0 || missing.length > 0;
    const burning = perDay > 1 / windowDays;
    return {
      ...{ level: level.name, kind: level.kind, target: level.target, windowDays, total, bad },
      good: total === 0 ? null : 1 - bad / total,
      spent,
      goneInDays: burning && spent < 1 ? (1 - spent) / perDay : null,
      state:
        spent >= 1 ? 'spent' : unchecked.length > 0 || !known ? 'unchecked' : burning ? 'burning' : 'kept',
      unchecked: known ? unchecked : [...unchecked, 'nothing was counted'],
    };
  });
}

/** The worst of all: `spent` before `unchecked`, since it is known; then `burning`. */
export function verdictOf(standings: readonly LevelStanding[]): LevelStanding['state'] {
  const order = ['spent', 'unchecked', 'burning', 'kept'] as const;
  return order.find(state => standings.some(standing => standing.state === state)) ?? 'unchecked';
}

/** Counts put together. */
export function sum(counts: readonly Counted[]): { readonly total: number; readonly bad: number } {
  return counts.reduce((all, { total, bad }) => ({ total: all.total + total, bad: all.bad + bad }), {
    total: 0,
    bad: 0,
  });
}
