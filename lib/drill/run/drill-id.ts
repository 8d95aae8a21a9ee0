import type { DrillMode } from '../plan/plan-steps';
import type { DrillContext } from './context';

/** An id that no drill here has had: `switchover-20261126-101500-3f2a`. */
export function newId(
  context: Pick<DrillContext, 'clock' | 'random'>,
  mode: DrillMode,
  known: readonly string[],
): string {
  const [date, time] = context.clock.now().toISOString().replace(/[-:]/g, '').split(/[T.]/);
  const taken = new Set(known);
  for (let suffix = Math.floor(context.random() * 0x10000); ; suffix++) {
    const id = `${mode}-${date}-${time}-${suffix.toString(16).padStart(4, '0')}`;
    if (!taken.has(id)) return id;
  }
}

/** Date and time in the id of a drill, which sort as text: `20261126-101500`; the whole id of one that has none. */
export const timeOfId = (id: string): string => /\d{8}-\d{6}/.exec(id)?.[0] ?? id;

/** Orders ids of drills by when they began: an id itself begins with the mode. */
export const byTime = (one: string, other: string): number =>
  timeOfId(one).localeCompare(timeOfId(other)) || one.localeCompare(other);
