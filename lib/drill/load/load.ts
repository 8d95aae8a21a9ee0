import type { Clock, Outside, OutsideAnswer } from '../../ports';
import type { Phase } from '../plan/plan-steps';
import type { Entry } from '../plan/settings';
import { isUnavailable } from '../run/failures';
import { RetryBudget, retryDelay } from '../run/retry';
import { FileLedger, type Ledger, type LedgerEntry, memoryLedger } from './ledger';
import { LoadCounts, type LoadSummary } from './load-counts';
import { parseJson } from './probe';

export type { LoadSummary } from './load-counts';

/** What a load sends and where. */
export interface LoadOptions {
  readonly outside: Outside;
  readonly clock: Clock;
  readonly random: () => number;
  /** Names the ledger in the service; never reused. */
  readonly id: string;
  /** The service's own name, resolved like any client does. */
  readonly host: string;
  readonly entry: Entry;
  /** Writes a second. @default 50 */
  readonly rate?: number;
  /** Reads a second of orders written before. @default 5 */
  readonly reads?: number;
  /** Milliseconds that one attempt may take. @default 2000 */
  readonly timeoutMilliseconds?: number;
  /** Longest pause between two attempts of one write. @default 1000 */
  readonly retryCapMilliseconds?: number;
  /** Writes under way at most; more wait for their turn. @default 128 */
  readonly concurrency?: number;
  /** File of the ledger. @default - kept in memory alone */
  readonly ledgerFile?: string;
}

/** A load under way. */
export interface Load {
  readonly id: string;
  readonly rate: number;
  readonly ledgerFile?: string;
  /** Writes acknowledged so far. */
  readonly entries: readonly LedgerEntry[];
  /** Requests from now on count for this phase. */
  setPhase(phase: Phase): void;
  /** Writes acknowledged under this epoch or a newer one. */
  acknowledgedUnder(epoch: number): number;
  /** The counts so far. */
  summary(): LoadSummary;
  /**
   * Sends nothing new, waits until every write is acknowledged, `drainMilliseconds` at the most (default 30000), and
   * closes the ledger. May be called again; the first call counts.
   */
  stop(drainMilliseconds?: number): Promise<LoadSummary>;
}

const TICK_MILLISECONDS = 20;

/**
 * Starts a client of the service: numbered writes at a steady rate, whatever the answers (an open loop), each
 * repeated under the same key until it is acknowledged, with full jitter and a retry budget, and some reads.
 */
export function startLoad(options: LoadOptions): Load {
  return new RunningLoad(options);
}

class RunningLoad implements Load {
  readonly id: string;
  readonly rate: number;
  readonly ledgerFile?: string;
  private readonly counts: LoadCounts;
  private readonly ledger: Ledger;
  private readonly budget: RetryBudget;
  private readonly stopping = new AbortController();
  private readonly giveUp = new AbortController();
  private readonly pacing: Promise<void>;
  private outstanding = 0;
  private inFlight = 0;
  private stopped: Promise<LoadSummary> | undefined;

  constructor(private readonly options: LoadOptions) {
    const { clock, ledgerFile, rate = 50 } = options;
    this.id = options.id;
    this.rate = rate;
    this.ledgerFile = ledgerFile;
    this.ledger = ledgerFile === undefined ? memoryLedger() : new FileLedger(ledgerFile);
    this.counts = new LoadCounts(clock);
    this.budget = new RetryBudget(clock, rate);
    this.pacing = this.pace();
  }

  get entries(): readonly LedgerEntry[] {
    return this.ledger.entries;
  }

  setPhase(phase: Phase): void {
    this.counts.phase = phase;
  }

  acknowledgedUnder(epoch: number): number {
    return this.counts.acknowledgedUnder(epoch);
  }

  summary(): LoadSummary {
    return this.counts.summary(this.outstanding);
  }

  stop(drainMilliseconds = 30_000): Promise<LoadSummary> {
    this.stopped ??= this.finish(drainMilliseconds);
    return this.stopped;
  }

  private async finish(drainMilliseconds: number): Promise<LoadSummary> {
    const { clock } = this.options;
    this.stopping.abort();
    await this.pacing;
    const deadline = clock.monotonic() + drainMilliseconds;
    while (this.outstanding > 0 && clock.monotonic() < deadline) await clock.sleep(TICK_MILLISECONDS);
    const summary = this.counts.summary(this.outstanding);
    this.giveUp.abort();
    await this.ledger.close();
    return summary;
  }

  private async pace(): Promise<void> {
    const { clock, reads = 5 } = this.options;
    const startedAt = clock.monotonic();
    let writes = 0;
    let readsSent = 0;
    while (!this.stopping.signal.aborted) {
      const seconds = (clock.monotonic() - startedAt) / 1000;
      for (; writes < seconds * this.rate; writes++) void this.write(writes + 1);
      for (; readsSent < seconds * reads; readsSent++) void this.read();
      await clock.sleep(TICK_MILLISECONDS);
    }
  }

  private async write(number: number): Promise<void> {
    const { clock, random, retryCapMilliseconds = 1000, concurrency = 128 } = this.options;
    this.outstanding++;
    for (let attempt = 0; !this.giveUp.signal.aborted; attempt++) {
      let pause = retryDelay({ attempt, random, capMilliseconds: retryCapMilliseconds });
      if (this.inFlight < concurrency && (attempt === 0 || this.budget.take())) {
        const answer = await this.send('POST', '/orders', this.order(number));
        if (answer?.status === 201 && this.acknowledge(number, answer)) break;
        const retryAfter = Number(answer?.headers['retry-after'] ?? 0) * 1000;
        pause += Number.isFinite(retryAfter) ? retryAfter : 0;
      }
      await clock.sleep(pause);
    }
    this.outstanding--;
  }

  private order(number: number) {
    const body = { item: 'load', quantity: 1, ledger: this.id, number };
    return {
      headers: { 'content-type': 'application/json', 'idempotency-key': this.key(number) },
      body: JSON.stringify(body),
    };
  }

  private key(number: number): string {
    return `${this.id}-${number}`;
  }

  /** Whether the answer names an order; a 201 without one acknowledges nothing. */
  private acknowledge(number: number, answer: OutsideAnswer): boolean {
    const order = parseJson(answer.body) as { id?: unknown; epoch?: unknown; region?: unknown } | undefined;
    if (typeof order?.id !== 'string') return false;
    const epoch = Number(order.epoch ?? 0);
    const at = this.options.clock.now().toISOString();
    const region = String(order.region ?? '');
    this.ledger.append({ number, key: this.key(number), id: order.id, at, epoch, region });
    this.counts.acknowledged(epoch, region);
    return true;
  }

  private async read(): Promise<void> {
    const { entries } = this.ledger;
    const entry = entries[Math.floor(this.options.random() * entries.length)];
    if (entry !== undefined) await this.send('GET', `/orders/${encodeURIComponent(entry.id)}`, {});
  }

  private async send(
    method: 'GET' | 'POST',
    path: string,
    rest: { headers?: Record<string, string>; body?: string },
  ): Promise<OutsideAnswer | undefined> {
    const { outside, host, entry, timeoutMilliseconds = 2000 } = this.options;
    const phase = this.counts.phase;
    this.inFlight++;
    try {
      const answer = await outside.request({ ...entry, host, method, path, timeoutMilliseconds, ...rest });
      this.counts.answered(phase, method, answer.status);
      return answer;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.counts.answered(phase, method, undefined);
      return undefined;
    } finally {
      this.inFlight--;
    }
  }
}
