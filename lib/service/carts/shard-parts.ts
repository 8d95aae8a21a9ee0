import type { Clock } from '../../runtime/clock';
import type { Database } from '../../runtime/database/database';
import type { FencedTransactions } from '../../runtime/database/fence';
import { schemaShards } from '../../runtime/shards/schema-shards';
import type { Shard, ShardPlace } from '../../runtime/shards/shard';
import { ShardDirectory } from '../../runtime/shards/shard-directory';
import type { RingDocument } from '../../runtime/shards/shard-ring';
import { ShardedRecords } from '../../runtime/shards/sharded-records';
import type { Logger } from '../../runtime/telemetry/logger';
import type { Activation } from '../activation';
import { ShardRing } from './shard-ring';

/** The sharded store of a process. */
export interface ShardParts {
  readonly directory: ShardDirectory;
  readonly ring: ShardRing;
  readonly records: ShardedRecords;
  readonly open: (place: ShardPlace) => Shard;
}

/** What the store stands on. */
export interface ShardPartsOptions {
  readonly database: Database;
  readonly fenced: FencedTransactions;
  readonly activation: Pick<Activation, 'state' | 'requireEpoch'>;
  readonly configured: () => RingDocument;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Shards as schemas of the Region's database; each of their transactions is under the lease and the fence of the epoch,
 * and is acknowledged only while the lease is held.
 */
export function makeShards(options: ShardPartsOptions): ShardParts {
  const { database, fenced, activation, clock } = options;
  const directory = new ShardDirectory(clock);
  const ring = new ShardRing({ ...options, directory });
  const open = schemaShards({
    database,
    async transaction(work) {
      const epoch = activation.requireEpoch();
      const result = await fenced.run(epoch, work);
      fenced.requireLease(epoch);
      return result;
    },
  });
  const records = new ShardedRecords({ directory, open, adopt: text => ring.adopt(text) });
  return { directory, ring, records, open };
}
