import type { Clock } from '../../ports';
import type { Phase } from '../plan/plan-steps';

/** Requests of one phase. */
export interface PhaseCounts {
  /** Attempts, retries included. */
  total: number;
  /** Attempts without a good answer. */
  failed: number;
  /** Write attempts that the service refused with 503. */
  refused: number;
}

/** What clients saw in one second. */
export interface LoadSample {
  /** Wall-clock second, ISO 8601. */
  readonly at: string;
  /** Writes acknowledged, by the Region that answered. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** Attempts without a good answer. */
  readonly failed: number;
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
  /** Second by second, in order; seconds in which nothing happened are left out. */
  readonly samples: readonly LoadSample[];
}

interface SecondCounts {
  readonly acknowledged: Record<string, number>;
  failed: number;
}

/** Counts of a load, by phase. */
export class LoadCounts {
  /** The phase that requests count for. */
  phase: Phase = 'preflight';
  private readonly phases: Partial<Record<Phase, PhaseCounts>> = {};
  private readonly byEpoch = new Map<number, number>();
  private readonly seconds = new Map<number, SecondCounts>();
  private lastAt: number | undefined;
  private longestGap = 0;

  constructor(private readonly clock: Clock) {}

  /** Counts an attempt that began in `phase`; no status means that no answer came. */
  answered(phase: Phase, method: 'GET' | 'POST', status: number | undefined): void {
    this.phases[phase] ??= { total: 0, failed: 0, refused: 0 };
    const counts = this.phases[phase];
    counts.total++;
    if (status === undefined || status >= 400) {
      counts.failed++;
      this.second().failed++;
    }
    if (status === 503 && method === 'POST') counts.refused++;
  }

  /** Counts a write that a Region acknowledged. */
  acknowledged(epoch: number, region: string): void {
    const now = this.clock.monotonic();
    if (this.lastAt !== undefined) this.longestGap = Math.max(this.longestGap, now - this.lastAt);
    this.lastAt = now;
    this.byEpoch.set(epoch, (this.byEpoch.get(epoch) ?? 0) + 1);
    const { acknowledged } = this.second();
    acknowledged[region] = (acknowledged[region] ?? 0) + 1;
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
      samples: [...this.seconds].map(([second, counts]) => ({
        at: new Date(second * 1000).toISOString(),
        ...structuredClone(counts),
      })),
    };
  }

  /** Counts of the second that it is now by the wall clock, which people read. */
  private second(): SecondCounts {
    const second = Math.floor(this.clock.now().getTime() / 1000);
    const known = this.seconds.get(second);
    if (known !== undefined) return known;
    const fresh: SecondCounts = { acknowledged: {}, failed: 0 };
    this.seconds.set(second, fresh);
    return fresh;
  }
}
