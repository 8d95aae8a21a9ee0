import { errorBudget, SERVICE_LEVEL_WINDOW_DAYS, type ServiceLevelSpec } from '../../../regions';
import type { ServiceLevelHistory } from './history';
import { judgeLevels } from './judge';

const DAY = 86_400_000;
/** Bad events that a whole window's budget must allow before its share says something. */
const FEWEST_ALLOWED = 10;
/** Below this share of the budget in every window, nothing was risked that could have been. */
const IDLE = 0.2;

/** What a period says of a promise. */
export interface Advice {
  readonly level: string;
  readonly advice: 'keep' | 'loosen or invest' | 'tighten or spend' | 'gather more' | 'cannot tell';
  readonly why: string;
}

/**
 * What to change in the promises, from whole windows that ended in the period, one a day. People decide: a target that is never
 * missed costs speed, and one that is always missed protects nobody.
 */
export function adviseLevels(
  levels: readonly ServiceLevelSpec[],
  history: ServiceLevelHistory,
): readonly Advice[] {
  return levels.map(level => {
    const days = level.windowDays ?? SERVICE_LEVEL_WINDOW_DAYS;
    const [from, to] = [Date.parse(history.from) + days * DAY, Date.parse(history.to)];
    const ends: number[] = [];
    for (let end = from; end <= to; end += DAY) ends.push(end);
    const windows = ends.flatMap(end => judgeLevels([level], history, new Date(end)));
    return { level: level.name, ...judge(level, days, windows) };
  });
}

function judge(
  level: ServiceLevelSpec,
  days: number,
  windows: ReturnType<typeof judgeLevels>,
): Omit<Advice, 'level'> {
  if (windows.length === 0)
    return { advice: 'gather more', why: `the period is shorter than one window of ${days} days` };
  if (windows.some(({ unchecked }) => unchecked.length > 0))
    return { advice: 'cannot tell', why: windows.flatMap(({ unchecked }) => unchecked)[0] ?? '' };
  const fewest = Math.min(...windows.map(({ total }) => total));
  if (fewest * errorBudget(level) < FEWEST_ALLOWED)
    return {
      advice: 'gather more',
      why: `a window had ${fewest} events, of which the budget allows ${(fewest * errorBudget(level)).toFixed(1)}: one error decides`,
    };
  const spent = windows.map(window => window.spent);
  const over = spent.filter(share => share >= 1).length;
  const most = Math.max(...spent);
  const held = Math.min(...windows.map(({ good }) => good ?? 1));
  if (over * 2 > windows.length)
    return {
      advice: 'loosen or invest',
      why: `${over} of ${windows.length} windows were over; what was held in all of them is ${(held * 100).toFixed(3)} %`,
    };
  if (most < IDLE)
    return {
      advice: 'tighten or spend',
      why: `no window spent more than ${(most * 100).toFixed(0)} % of its budget: promise more, or release faster`,
    };
  return {
    advice: 'keep',
    why: `windows spent ${(Math.min(...spent) * 100).toFixed(0)} to ${(most * 100).toFixed(0)} %, ${over} of ${windows.length} over`,
  };
}
