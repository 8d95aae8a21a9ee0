import { RuntimeError } from '../errors';
import { enterRing, NewerRing } from './ring-fence';
import type { Shard, ShardPlace } from './shard';
import type { ShardDirectory, ShardRoute } from './shard-directory';
import {
  bringRecord,
  changeRecord,
  lookUp,
  newerOf,
  type RecordEdit,
  type ShardRecord,
} from './shard-record';

/** What sharded records stand on. */
export interface ShardedRecordsOptions {
  readonly directory: Pick<ShardDirectory, 'route' | 'text' | 'status'>;
  /** Connections to a shard. */
  readonly open: (place: ShardPlace) => Shard;
  /**
   * Takes a document that a shard knew before config brought it; as a rule `directory.offer`, after whatever new shards
   * need.
   */
  readonly adopt: (text: string) => Promise<unknown>;
}

/** Times that a call is routed again since its ring was over. */
const MOST_ROUTES = 3;

/**
 * Records by key, spread over shards that have no transaction in common. While a ring moves keys, nothing is lost and
 * nothing is seen twice or goes back:
 *
 * - A writer first enters the ring in the old shard and reads there: from then on nobody of an older ring writes or reads
 *   there unnoticed. It then brings the record over, unless the new shard has it newer, and changes it, in one transaction.
 * - A reader looks in the old shard first: what has gone from there is in the new one by then. Of two copies the one of
 *   the higher version counts, and versions only rise, so a ring may also be taken back.
 * - Records are never removed but by whoever has moved them: an empty value is a record.
 */
export class ShardedRecords {
  constructor(private readonly options: ShardedRecordsOptions) {}

  /**
   * The record; undefined when there never was one.
   *
   * @throws RuntimeError `unavailable` when no ring is known, or the ring changes all the time
   */
  read(key: string): Promise<ShardRecord | undefined> {
    return this.routed(key, async route => {
      const { readAlso, version } = route;
      const before = readAlso && (await this.look(readAlso, key, version));
      return newerOf(await this.look(route, key, version), before);
    });
  }

  /**
   * Changes a record in one transaction of its shard; changes of one key take turns. `edit` may be called again.
   *
   * @throws RuntimeError `unavailable` as `read`, and whatever `edit` throws, having changed nothing
   */
  change(key: string, edit: RecordEdit): Promise<ShardRecord> {
    return this.routed(key, async (route, document) => {
      const { readAlso, version } = route;
      const brought = readAlso && (await this.leave(this.options.open(readAlso), key, version, document));
      const shard = this.options.open(route);
      return shard.transaction(async transaction => {
        await enterRing(transaction, version, { document, prefix: shard.prefix });
        if (brought !== undefined) await bringRecord(transaction, shard.prefix, key, brought);
        return changeRecord(transaction, shard.prefix, key, edit);
      });
    });
  }

  /** Ends all older rings in the old shard, and takes what it holds: nobody changes it any more. */
  private leave(shard: Shard, key: string, version: number, document?: string) {
    return shard.transaction(async transaction => {
      await enterRing(transaction, version, { document, prefix: shard.prefix });
      return lookUp(transaction, shard.prefix, key, version);
    });
  }

  private look(place: ShardPlace, key: string, version: number) {
    const shard = this.options.open(place);
    return lookUp(shard, shard.prefix, key, version);
  }

  private async routed<T>(
    key: string,
    work: (route: ShardRoute, document: string | undefined) => Promise<T>,
  ): Promise<T> {
    const { directory, adopt } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const route = directory.route(key);
      try {
        return await work(route, directory.text);
      } catch (error) {
        if (!(error instanceof NewerRing)) throw error;
        if (error.document !== undefined) await adopt(error.document);
        const stuck = directory.status?.version === route.version;
        if (stuck || attempt === MOST_ROUTES) {
          const message = `ring ${error.known} is in force and is not known here yet: ask again`;
          throw new RuntimeError('unavailable', message, [], { cause: error });
        }
      }
    }
  }
}
