import { HoldfastError } from '../../errors';
import type { Cloud, RegisterState } from '../../ports';
import { mayFollow, type RegisterRecord } from '../../runtime/register/register';
import type { Plan } from '../plan/plan';
import { firstAnswer } from './endpoints';

/** The records that a drill writes, by name. */
export interface DrillRecords {
  readonly before: RegisterRecord;
  readonly fencing: RegisterRecord;
  readonly promoting: RegisterRecord;
  readonly active: RegisterRecord;
  /** The old Region again, one epoch later: straight from `fencing`, or through its phases from `promoting`. */
  readonly back: {
    readonly fencing: RegisterRecord;
    readonly promoting: RegisterRecord;
    readonly active: RegisterRecord;
  };
}

/** The records of a plan; `epoch` is that of the way forward, later than planned after a turn. */
export function recordsOf(
  { before, to }: Pick<Plan, 'before' | 'to'>,
  epoch = before.epoch + 1,
): DrillRecords {
  const at = (epoch: number, region: string) => ({
    fencing: { epoch, phase: 'fencing', region } as const,
    promoting: { epoch, phase: 'promoting', region } as const,
    active: { epoch, phase: 'active', region } as const,
  });
  return { before, ...at(epoch, to), back: at(epoch + 1, before.region) };
}

/** Who raises the register in this drill. */
export const raisedBy = (drillId: string): string => `drill:${drillId}`;

/** Whether two records are the same. */
export function sameRecord(one: RegisterRecord, other: RegisterRecord): boolean {
  return one.epoch === other.epoch && one.phase === other.phase && one.region === other.region;
}

/** Prints a record: `epoch 4 active us-west-2`. */
export const printRecord = (record: RegisterRecord): string =>
  `epoch ${record.epoch} ${record.phase} ${record.region}`;

/**
 * Reads the register at the first of the endpoints that answers: every replica of a strong table says the same.
 * @throws HoldfastError `unavailable` when none answers, `not-found` before birth
 */
export async function readRegister(cloud: Cloud, endpoints: readonly string[]): Promise<RegisterState> {
  const state = await firstAnswer(endpoints, region => cloud.readRegister(region));
  if (state === undefined) {
    throw new HoldfastError('not-found', 'the register was never born; run `holdfast up` or deploy first');
  }
  return state;
}

/** Raises the register if the rules of the register allow it; a stale `from` resolves to false. */
export async function raise(
  cloud: Cloud,
  endpoints: readonly string[],
  change: { from: RegisterRecord; to: RegisterRecord; drillId: string },
): Promise<boolean> {
  if (!mayFollow(change.from, change.to)) {
    throw new HoldfastError(
      'refused',
      `the register may not go from ${printRecord(change.from)} to ${printRecord(change.to)}`,
    );
  }
  const { from, to, drillId } = change;
  return firstAnswer(endpoints, region => cloud.raiseRegister(region, { from, to, by: raisedBy(drillId) }));
}

/** Error for a register that was there when the drill began. */
export function registerGone(): HoldfastError {
  return new HoldfastError('conflict', 'the register is gone; nothing may be moved without it');
}

/** Error for a register that somebody else moved. */
export function registerConflict(state: RegisterState): HoldfastError {
  return new HoldfastError(
    'conflict',
    `the register was moved by ${state.updatedBy} to ${printRecord(state.record)}; this drill leaves it alone`,
  );
}
