// A database on virtual time: transactions, the fence's row with its locks, and a life that a rebuild ends.
import type { Database, Queryable } from '../../lib/runtime/database/database';
import { RuntimeError } from '../../lib/runtime/errors';
import type { Random, SimulatedProcess } from './simulation';

/** One committed write. */
interface Commit {
  readonly id: number;
  readonly epoch: number;
}

/** What one transaction holds until it ends. */
interface Held {
  /** Life of the server in which it began; a server that was rebuilt knows it no more. */
  readonly life: number;
  shared: boolean;
  /** Epoch to which it raises the fence; 0 for none. Held exclusively. */
  raised: number;
  readonly staged: Commit[];
}

/** A Region's database: transactions, the fence's row with its locks, and whether it takes writes. */
export class SimulatedDatabase implements Database {
  commits: Commit[] = [];
  fence = 0;
  writable = false;
  private life = 0;
  private sharedBy = 0;
  private exclusive = false;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly random: Random,
    private readonly fenceWorks: boolean,
  ) {}

  query: Database['query'] = async () => {
    throw new Error('not modelled');
  };

  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const held: Held = { life: this.life, shared: false, raised: 0, staged: [] };
    try {
      const result = await work({ query: (text, values) => this.perform(text, values ?? [], held) as never });
      await this.travel();
      if (!this.writable || held.life !== this.life) throw new RuntimeError('unavailable', 'cut');
      this.commits.push(...held.staged);
      this.fence = Math.max(this.fence, held.raised);
      return result;
    } finally {
      this.release(held);
    }
  }

  /** Starts again with the data of another server, as its writer; every connection to the old life is cut. */
  becomeWriterFrom(other: SimulatedDatabase): void {
    this.life += 1;
    this.sharedBy = 0;
    this.exclusive = false;
    this.commits = [...other.commits];
    this.fence = other.fence;
    this.writable = true;
  }

  /** Whether it took a write of an older epoch after one of a newer epoch. */
  get tookStaleWrites(): boolean {
    return this.commits.some(
      ({ epoch }, index) => index > 0 && epoch < (this.commits[index - 1] as Commit).epoch,
    );
  }

  private release(held: Held): void {
    if (held.life !== this.life) return;
    if (held.shared) this.sharedBy -= 1;
    if (held.raised > 0) this.exclusive = false;
  }

  private async perform(text: string, values: readonly unknown[], held: Held) {
    await this.travel();
    if (held.life !== this.life) throw new RuntimeError('unavailable', 'cut');
    if (text.startsWith('UPDATE fence')) await this.raiseFence(values[0] as number, held);
    else if (text.includes('FOR SHARE'))
      return { rows: [{ epoch: String(await this.shareFence(held)) }], rowCount: 1 };
    else held.staged.push({ id: values[0] as number, epoch: values[1] as number });
    return { rows: [], rowCount: 1 };
  }

  private async raiseFence(epoch: number, held: Held): Promise<void> {
    while (this.fenceWorks && epoch > this.fence && (this.sharedBy > 0 || this.exclusive)) {
      await this.process.wait(50);
    }
    if (epoch <= this.fence || held.life !== this.life) return;
    this.exclusive = true;
    held.raised = epoch;
  }

  private async shareFence(held: Held): Promise<number> {
    if (!this.fenceWorks) return 0;
    while (this.exclusive && held.raised === 0) await this.process.wait(50);
    if (held.life !== this.life) throw new RuntimeError('unavailable', 'cut');
    held.shared = true;
    this.sharedBy += 1;
    return Math.max(this.fence, held.raised);
  }

  /** The way of a statement, with what may happen on it. */
  private travel(): Promise<void> {
    return this.process.wait(
      this.random.chance(0.05) ? this.random.between(0, 20_000) : this.random.between(1, 40),
    );
  }
}
