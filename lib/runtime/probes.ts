import type { Clock } from './clock';
import { reasonOf } from './errors';
import { loop } from './loop';
import type { Logger } from './telemetry/logger';

/** One dependency that is looked at in the background. */
export interface Probe {
  readonly name: string;
  readonly intervalMilliseconds: number;
  /** Rejects with the reason when the dependency does not answer. */
  readonly check: () => Promise<void>;
}

/**
 * Looks at dependencies in the background and remembers what it saw, so that a health check costs them nothing and
 * answers at once, however often it is asked.
 */
export class Probes {
  private readonly results = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** `ok`, or the reason why the dependency does not answer. */
  result(name: string): string {
    return this.results.get(name) ?? 'not checked yet';
  }

  /** Looks until the signal aborts. */
  async run(probe: Probe, signal: AbortSignal): Promise<void> {
    const { clock } = this;
    const onError = (error: unknown) => this.note(probe.name, reasonOf(error));
    await loop({ clock, signal, pauseMilliseconds: probe.intervalMilliseconds, onError }, async () => {
      await probe.check();
      this.note(probe.name, 'ok');
    });
  }

  private note(name: string, result: string): void {
    const before = this.results.get(name);
    this.results.set(name, result);
    if (before !== result) this.logger.info('probe.changed', { probe: name, result });
  }
}
