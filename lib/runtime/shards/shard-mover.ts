import { enterRing } from './ring-fence';
import type { Shard, ShardPlace } from './shard';
import type { ShardDirectory } from './shard-directory';
import { bringRecord, type ShardRecord } from './shard-record';
import type { RingDocument } from './shard-ring';

/** What moving records stands on. */
export interface ShardMoverOptions {
  readonly directory: Pick<ShardDirectory, 'route' | 'document'>;
  readonly open: (place: ShardPlace) => Shard;
  /** Records that one transaction reads, brings or removes. @default 200 */
  readonly batch?: number;
}

/** How far a pass over the shards is. */
export interface MoveProgress {
  /** Version of the ring that the pass makes true. */
  readonly version: number;
  /** Records moved by this pass. */
  readonly moved: number;
  /**
   * Records in a shard where the ring looks for them no more, since a ring was published before the move to the one
   * before had ended. They are left alone: publish the next version with `movingFrom` naming the shards they are in.
   */
  readonly stranded: number;
  readonly done: boolean;
}

type Page = ReadonlyArray<ShardRecord & { readonly key: string }>;
type Placed = ReadonlyArray<Page[number] & { readonly shard: string }>;

/**
 * Moves records to where the ring in force says, a page at a time, beside readers and writers: entered in the old shard,
 * brought to the new one, and only then removed. Each step may be repeated, and two movers at once do no harm.
 */
export class ShardMover {
  private progress: MoveProgress | undefined;
  /** Shards that are still to be gone through, and the last key seen in the first of them. */
  private left: string[] = [];
  private after = '';

  constructor(private readonly options: ShardMoverOptions) {}

  /**
   * Goes one page further; undefined when this ring's pass is over, or no ring is known.
   *
   * @throws NewerRing when a shard knows a newer ring: adopt it and call again
   */
  async turn(): Promise<MoveProgress | undefined> {
    const { document } = this.options.directory;
    if (document === undefined) return undefined;
    if (this.progress?.version !== document.version) this.begin(document);
    const progress = this.progress as MoveProgress;
    const from = this.left[0];
    if (progress.done || from === undefined) return undefined;
    const page = await this.read(document, from);
    // A newer ring came meanwhile: what it says must not be done under the fence of this one.
    if (this.options.directory.document !== document) return progress;
    const placed = page.map(record => {
      const { shard, readAlso } = this.options.directory.route(record.key);
      return { ...record, shard, readAlso };
    });
    const going = placed.filter(({ readAlso }) => readAlso?.shard === from);
    const stranded = placed.filter(({ shard, readAlso }) => shard !== from && readAlso?.shard !== from);
    await this.move(document, from, going);
    return this.advance(progress, page, { moved: going.length, stranded: stranded.length });
  }

  private begin({ version, shards, movingFrom = [] }: RingDocument): void {
    this.progress = { version, moved: 0, stranded: 0, done: false };
    this.left = [...new Set([...movingFrom, ...shards])];
    this.after = '';
  }

  private advance(
    progress: MoveProgress,
    page: Page,
    add: { moved: number; stranded: number },
  ): MoveProgress {
    const last = page.at(-1);
    if (last === undefined || page.length < this.batch) {
      this.left.shift();
      this.after = '';
    } else this.after = last.key;
    this.progress = {
      version: progress.version,
      moved: progress.moved + add.moved,
      stranded: progress.stranded + add.stranded,
      done: this.left.length === 0,
    };
    return this.progress;
  }

  private get batch(): number {
    return this.options.batch ?? 200;
  }

  private read(document: RingDocument, from: string): Promise<Page> {
    return this.within(document, from, async (transaction, prefix) => {
      const { rows } = await transaction.query<Page[number]>(
        `SELECT key, version::float8 AS version, value FROM ${prefix}records WHERE key > $1 AND version > 0
          ORDER BY key LIMIT $2`,
        [this.after, this.batch],
      );
      return rows;
    });
  }

  private async move(document: RingDocument, from: string, going: Placed): Promise<void> {
    for (const to of new Set(going.map(({ shard }) => shard))) {
      const records = going.filter(({ shard }) => shard === to);
      await this.within(document, to, async (transaction, prefix) => {
        for (const record of records) await bringRecord(transaction, prefix, record.key, record);
      });
    }
    if (going.length === 0) return;
    await this.within(document, from, (transaction, prefix) =>
      transaction.query(`DELETE FROM ${prefix}records WHERE key = ANY($1)`, [going.map(({ key }) => key)]),
    );
  }

  private within<T>(
    document: RingDocument,
    name: string,
    work: (transaction: Parameters<Parameters<Shard['transaction']>[0]>[0], prefix: string) => Promise<T>,
  ): Promise<T> {
    const endpoint = document.endpoints?.[name];
    const shard = this.options.open(endpoint === undefined ? { shard: name } : { shard: name, endpoint });
    return shard.transaction(async transaction => {
      const text = JSON.stringify(document);
      await enterRing(transaction, document.version, { document: text, prefix: shard.prefix });
      return work(transaction, shard.prefix);
    });
  }
}
