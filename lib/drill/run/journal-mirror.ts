import { HoldfastError } from '../../errors';
import type { DrillMode } from '../plan/plan-steps';
import type { DrillContext } from './context';
import type { HeldLock } from './drill-lock';
import { firstAnswer } from './endpoints';
import { isConflict, messageOf } from './failures';
import type { Journal } from './journal';

/** A failover waits no longer than this for a copy: it may not depend on one (law 2). */
const FAILOVER_PATIENCE_MILLISECONDS = 5000;
/** Times that a copy is tried which somebody else's keeps out. */
const ATTEMPTS = 3;

/** What a mirror is made from. */
export interface MirrorOptions {
  readonly context: DrillContext;
  readonly journal: Journal;
  readonly lock: HeldLock;
  readonly drillId: string;
  readonly mode: DrillMode;
  /** Regions whose copies of the table are asked, in turn. */
  readonly endpoints: readonly string[];
  /** The state of the copy when the lock was held already. @default - there was none */
  readonly version?: string;
}

/**
 * Keeps the journal beside the register too, so that another machine can go on when the disk of this one is lost. The copy
 * that stands there is replaced only in the state that was seen, by who holds the drill lock: a process that stood still
 * overwrites nothing.
 */
export class JournalMirror {
  private version: string | undefined;
  private copied = 0;
  private writes = 0;
  private told = false;
  private working: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(private readonly options: MirrorOptions) {
    this.version = options.version;
    options.journal.onAppend = () => this.soon();
  }

  /** Copies what the journal holds by now, some time soon. A failure is told, and seen by the next {@link secure}. */
  soon(): void {
    if (this.waiting) return;
    this.waiting = true;
    void this.next().catch(error => this.tell(error));
  }

  /**
   * Returns when the copy holds all that the journal does: before an act that another machine would have to know of. A
   * failover goes on without it, and says so.
   * @throws HoldfastError `conflict` when another process has taken the drill up; else, for a planned move, why it failed
   */
  async secure(): Promise<void> {
    try {
      await (this.options.mode === 'failover' ? this.patiently() : this.next());
    } catch (error) {
      if (isConflict(error)) throw error;
      this.tell(error);
      if (this.options.mode !== 'failover') throw error;
    }
  }

  /** As {@link secure}, where nothing is gained by waiting or stopping: on the way back, and at the end. */
  async settle(): Promise<void> {
    await this.patiently().catch(error => this.tell(error));
  }

  private async patiently(): Promise<void> {
    const { clock } = this.options.context;
    const enough = new AbortController();
    const late = clock.sleep(FAILOVER_PATIENCE_MILLISECONDS, enough.signal).then(() => {
      throw new HoldfastError('timeout', 'no answer in time');
    });
    // The wait is ended where it is not needed, which nobody hears.
    late.catch(() => undefined);
    try {
      await Promise.race([this.next(), late]);
    } finally {
      enough.abort();
    }
  }

  /** One after the other: each copy holds all of the one before. */
  private next(): Promise<void> {
    const work = this.working.then(() => {
      this.waiting = false;
      return this.copy();
    });
    this.working = work.catch(() => undefined);
    return work;
  }

  private async copy(): Promise<void> {
    const { context, journal, lock, drillId, endpoints } = this.options;
    const { cloud, holder } = context;
    const { length } = journal.entries;
    if (length === this.copied) return;
    const { text } = journal;
    for (let left = ATTEMPTS; left > 0; left -= 1) {
      const version = `${holder}/${drillId}/${++this.writes}`;
      await lock.ensure();
      const copy = { drillId, version, text };
      const kept =
        (await firstAnswer(endpoints, region => cloud.writeJournalCopy(region, copy, this.version))) ||
        (await this.isOwn(version));
      if (!kept) continue;
      this.version = version;
      this.copied = length;
      return;
    }
    throw new HoldfastError('unavailable', `the copy was changed ${ATTEMPTS} times by others meanwhile`);
  }

  /** A write whose answer was lost is refused when it is repeated; else somebody wrote what is replaced next. */
  private async isOwn(version: string): Promise<boolean> {
    const { context, endpoints } = this.options;
    this.version = (await firstAnswer(endpoints, region => context.cloud.readJournalCopy(region)))?.version;
    return this.version === version;
  }

  /** Said once: a disk that is lost now takes the drill with it. */
  private tell(error: unknown): void {
    if (this.told || !(error instanceof HoldfastError) || isConflict(error)) return;
    this.told = true;
    const text = `the journal is kept on this machine alone, and only it can resume the drill: ${messageOf(error)}`;
    this.options.context.output.emit({ code: 'drill.journal.alone', level: 'error', text });
  }
}
