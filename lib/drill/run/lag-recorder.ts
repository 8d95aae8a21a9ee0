import { HoldfastError } from '../../errors';
import { standbyLag } from '../checks/lag';
import { readyz } from '../load/probe';
import type { Run } from '../steps/action';

/** How far a replica was behind at one moment. */
export interface LagSample {
  /** Wall-clock time, ISO 8601. */
  readonly at: string;
  /** The replica: the Region that takes over until it writes, then the one that was left. */
  readonly region: string;
  /** Null when nobody could tell. */
  readonly seconds: number | null;
}

/** Unscaled seconds between two samples. */
const EVERY_SECONDS = 10;
/** A sample asks the service: no faster than this, whatever the time scale. */
const MINIMUM_MILLISECONDS = 1000;

/** Records the lag beside a run, for its report alone: no step waits for it, and it fails nothing. */
export class LagRecorder {
  readonly samples: LagSample[] = [];
  private readonly stopping = new AbortController();

  private constructor(private readonly run: Run) {
    void this.record();
  }

  /** Begins to record. */
  static start(run: Run): LagRecorder {
    return new LagRecorder(run);
  }

  /** Records no more. */
  stop(): void {
    this.stopping.abort();
  }

  private async record(): Promise<void> {
    const { clock, timeScale } = this.run.context;
    const pause = Math.max(MINIMUM_MILLISECONDS, (EVERY_SECONDS * 1000) / timeScale);
    const { signal } = this.stopping;
    try {
      while (!signal.aborted) {
        const sample = await this.sample();
        if (sample !== undefined && !signal.aborted) this.samples.push(sample);
        await clock.sleep(pause, signal);
      }
    } catch {
      // Stopped while sleeping, or the process is dying: the run says so itself.
    }
  }

  private async sample(): Promise<LagSample | undefined> {
    const { context, plan, journal } = this.run;
    const moved = journal.has('step-end', 'wait-writer');
    // Nothing is asked of a Region that counts as lost, and as long as the database moves there is no replica.
    if (moved && plan.mode === 'failover') return undefined;
    if (!moved && (journal.mayHaveActed('switch-database') || journal.mayHaveActed('fail-over-database')))
      return undefined;
    const [region, writer] = moved ? [plan.from, plan.to] : [plan.to, plan.from];
    const at = context.clock.now().toISOString();
    return { at, region, seconds: await this.lagOf(region, writer) };
  }

  private async lagOf(region: string, writer: string): Promise<number | null> {
    try {
      const told = (await readyz(this.run.context, region))?.database?.lagSeconds;
      return (await standbyLag(this.run.context, { region, writer, told })) ?? null;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return null;
    }
  }
}
