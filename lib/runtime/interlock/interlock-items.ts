import { RuntimeError } from '../errors';
import { type BreakGlass, type InterlockLock, LONGEST_BREAK_GLASS } from './interlock';

type Item = Readonly<Record<string, { S?: string; N?: string }>>;

/** The lock of a table's item; what cannot be read is kept as unreadable, never as absent. */
export function lockOfItem(item: Item | undefined): InterlockLock | undefined {
  if (item === undefined) return undefined;
  // A heartbeat is the holder's wall clock, and after a slash its monotonic one.
  const [renewed = ''] = (item.heartbeatAt?.S ?? '').split('/');
  return {
    drillId: item.drillId?.S ?? 'unknown',
    holder: item.holder?.S ?? 'unknown',
    renewedAt: Date.parse(renewed),
    leaseSeconds: Number(item.leaseSeconds?.N),
  };
}

/** Of several locks the one that binds longest; one that does not say until when binds until somebody has looked. */
export function longestLock(items: readonly (Item | undefined)[]): InterlockLock | undefined {
  const until = ({ renewedAt, leaseSeconds }: InterlockLock) =>
    Number.isFinite(renewedAt) && leaseSeconds > 0
      ? renewedAt + leaseSeconds * 2000
      : Number.POSITIVE_INFINITY;
  const locks = items.map(lockOfItem).filter(lock => lock !== undefined);
  return locks.sort((one, other) => (until(one) < until(other) ? 1 : -1))[0];
}

/** Text of a leave, as it stands in the Region's parameter. */
export function textOfBreakGlass(glass: BreakGlass): string {
  return JSON.stringify({ by: glass.by, reason: glass.reason, until: new Date(glass.until).toISOString() });
}

/** The leave in a parameter's text; `undefined` for none, and for one that does not say who, why and until when. */
export function breakGlassOfText(text: string | undefined): BreakGlass | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Record<string, unknown> | null;
    const until = Date.parse(String(value?.until));
    if (!Number.isFinite(until) || !filled(value?.by) || !filled(value?.reason)) return undefined;
    return { by: value.by, reason: value.reason, until };
  } catch {
    return undefined;
  }
}

/**
 * A new leave, from now for some minutes.
 * @throws RuntimeError `invalid-input` when it names nobody, no reason, or a time that is too long
 */
export function newBreakGlass(by: string, reason: string, minutes: number, now: number): BreakGlass {
  const longest = LONGEST_BREAK_GLASS / 60_000;
  const problems = [
    ...(filled(by) ? [] : [{ path: 'by', received: by, message: 'names nobody', fix: 'say who you are' }]),
    ...(filled(reason) && reason.trim().length >= 10
      ? []
      : [
          {
            path: 'reason',
            received: reason,
            message: 'is no reason',
            fix: 'say in 10 characters or more why this deploy cannot wait',
          },
        ]),
    ...(minutes > 0 && minutes <= longest
      ? []
      : [
          {
            path: 'minutes',
            received: minutes,
            message: 'is out of range',
            fix: `give more than 0 and at most ${longest}`,
          },
        ]),
  ];
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'this leave cannot be given', problems);
  return { by: by.trim(), reason: reason.trim(), until: now + minutes * 60_000 };
}

const filled = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
