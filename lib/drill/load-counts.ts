import type { Clock } from '../ports';
import type { Phase } from './plan-steps';

/** Requests of one phase. */
export interface PhaseCounts {
  /** Attempts, retries included. */
  total: number;
  /** Attempts without a good answer. */
  failed: number;
  /** Write attempts that the service refused with 503. */
  refused: number;
}

/** What a load saw. */
export interface LoadSummary extends Readonly<PhaseCounts> {
  readonly acknowledged: number;
  /** Writes that were never acknowledged; each may or may not have had its effect, at most once. */
  readonly unacknowledged: number;
  /**
   * Longest gap between two acknowledged writes, seconds; the gap at the end counts while writes are waiting. Null
   * when none was acknowledged.
   */
  readonly refusedSeconds: number | null;
  readonly phases: Readonly<Partial<Record<Phase, Readonly<PhaseCounts>>>>;
}

/** Counts of a load, by phase. */
export class LoadCounts {
  /** The phase that requests count for. */
  phase: Phase = 'preflight';
  private readonly phases: Partial<Record<Phase, PhaseCounts>> = {};
  private readonly byEpoch = new Map<number, number>();
  private lastAt: number | undefined;
  private longestGap = 0;

  constructor(private readonly clock: Clock) {}

  /** Counts an attempt that began in `phase`; no status means that no answer came. */
  answered(phase: Phase, method: 'GET' | 'POST', status: number | undefined): void {
    this.phases[phase] ??= { total: 0, failed: 0, refused: 0 };
    const counts = this.phases[phase];
    counts.total++;
    if (status === undefined || status >= 400) counts.failed++;
    if (status === 503 && method === 'POST') counts.refused++;
  }

  /** Counts an acknowledged write. */
  acknowledged(epoch: number): void {
    const now = this.clock.monotonic();
    if (this.lastAt !== undefined) this.longestGap = Math.max(this.longestGap, now - this.lastAt);
    this.lastAt = now;
    this.byEpoch.set(epoch, (this.byEpoch.get(epoch) ?? 0) + 1);
  }

  /** Writes acknowledged under this epoch or a newer one. */
  acknowledgedUnder(epoch: number): number {
    return [...this.byEpoch].reduce((sum, [at, count]) => (at >= epoch ? sum + count : sum), 0);
  }

  /** The sum of all phases. */
  summary(outstanding: number): LoadSummary {
    const openGap = outstanding > 0 && this.lastAt !== undefined ? this.clock.monotonic() - this.lastAt : 0;
    const all = Object.values(this.phases);
    const sum = (key: keyof PhaseCounts) => all.reduce((total, counts) => total + counts[key], 0);
    return {
      total: sum('total'),
      failed: sum('failed'),
      refused: sum('refused'),
      acknowledged: this.acknowledgedUnder(Number.NEGATIVE_INFINITY),
      unacknowledged: outstanding,
      refusedSeconds: this.lastAt === undefined ? null : Math.max(this.longestGap, openGap) / 1000,
      phases: structuredClone(this.phases),
    };
  }
}
