/**
 * The register (law 6): which Region is active, at which epoch, in which phase. Pure data and pure rules; the
 * adapters in the clones, the gate and the drill read and write it.
 */

/** Phases of a move. Only `active` lets a Region acknowledge writes. */
export type RegisterPhase = 'fencing' | 'promoting' | 'active';

/** The record. Stored as one item with the key `pk = REGISTER_KEY`. */
export interface RegisterRecord {
  /** Fencing token; every move raises it and nothing lowers it. */
  readonly epoch: number;
  readonly phase: RegisterPhase;
  /** The Region that is active, or that becomes active when the phase reaches `active`. */
  readonly region: string;
}

/** Partition key of the register's item; the table has the single key `pk` (string). */
export const REGISTER_KEY = 'register';
/** Partition key of the drill lock's item. */
export const DRILL_LOCK_KEY = 'drill-lock';
/** Partition key of the copy of the newest drill's journal. */
export const DRILL_JOURNAL_KEY = 'drill-journal';

/** Key of the drill lock that stands beside a record: a home has one of its own. */
export const lockKeyOf = (registerKey: string): string =>
  `${DRILL_LOCK_KEY}${registerKey.slice(REGISTER_KEY.length)}`;

/** Whether `region` may acknowledge writes under this record. */
export function isActive(record: RegisterRecord, region: string): boolean {
  return record.phase === 'active' && record.region === region;
}

/**
 * Whether `next` may follow `current`: a new epoch may only begin by `fencing`, or by re-activation of a Region
 * whose data was never moved (abort before promotion); within an epoch the phase only goes forward and the Region
 * stays.
 */
export function mayFollow(current: RegisterRecord, next: RegisterRecord): boolean {
  if (next.epoch === current.epoch + 1) {
    return next.phase === 'fencing' || (next.phase === 'active' && current.phase === 'fencing');
  }
  const order: readonly RegisterPhase[] = ['fencing', 'promoting', 'active'];
  return (
    next.epoch === current.epoch &&
    next.region === current.region &&
    order.indexOf(next.phase) === order.indexOf(current.phase) + 1
  );
}
