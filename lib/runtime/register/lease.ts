import { isActive, type RegisterPhase, type RegisterRecord } from './register';

/** Whether writes may be acknowledged now, and if not, why. */
export type LeaseState =
  | { readonly held: true; readonly epoch: number; readonly validUntil: number }
  | {
      readonly held: false;
      /** `never-read`: the register was never read. `not-active`: it names another Region or phase. `expired`: read too long ago. */
      readonly reason: 'never-read' | 'not-active' | 'expired';
      /** The newest record known, for answers and logs. */
      readonly record?: RegisterRecord;
    };

const PHASES: readonly RegisterPhase[] = ['fencing', 'promoting', 'active'];

/**
 * The read lease of one Region (law 6): a strongly consistent read of the register that began at monotonic time t0
 * and saw this Region active at epoch e allows acknowledging writes of e until t0 + lease. The controller that
 * raises the epoch waits that long and a margin before it promotes, so no two Regions ever hold it at once.
 *
 * Pure: times go in, a state comes out. Reads may overlap and arrive in any order; the newest *record* wins, then
 * the latest *start*, so a late answer of an early read extends nothing and an older record never comes back.
 */
export class ReadLease {
  private newest: { readonly startedAt: number; readonly record: RegisterRecord } | undefined;

  /**
   * @param region The Region that holds the lease.
   * @param leaseMilliseconds Length of the lease, counted from the start of a read.
   */
  constructor(
    readonly region: string,
    readonly leaseMilliseconds: number,
  ) {}

  /** Takes the result of a successful read that began at `startedAt` (monotonic milliseconds). */
  observe(startedAt: number, record: RegisterRecord): void {
    const order = this.newest === undefined ? 1 : compareRecords(record, this.newest.record);
    if (order < 0) return;
    const latest =
      order === 0 && this.newest !== undefined ? Math.max(startedAt, this.newest.startedAt) : startedAt;
    this.newest = { startedAt: latest, record };
  }

  /** Ends the lease, whatever its clock says; the newest record stays known. Only a reading to come gives a new one. */
  lapse(): void {
    if (this.newest !== undefined)
      this.newest = { startedAt: Number.NEGATIVE_INFINITY, record: this.newest.record };
  }

  /** The state at monotonic time `now`. */
  state(now: number): LeaseState {
    if (this.newest === undefined) return { held: false, reason: 'never-read' };
    const { record, startedAt } = this.newest;
    if (!isActive(record, this.region)) return { held: false, reason: 'not-active', record };
    const validUntil = startedAt + this.leaseMilliseconds;
    if (now >= validUntil) return { held: false, reason: 'expired', record };
    return { held: true, epoch: record.epoch, validUntil };
  }

  /** The newest record known, whatever its age. */
  get record(): RegisterRecord | undefined {
    return this.newest?.record;
  }

  /** When the read that saw the newest record began, in monotonic milliseconds. */
  get readStartedAt(): number | undefined {
    return this.newest?.startedAt;
  }
}

/** Negative when `a` is older than `b` in the register's history, 0 when they are the same, else positive. */
function compareRecords(a: RegisterRecord, b: RegisterRecord): number {
  return a.epoch - b.epoch || PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase);
}
