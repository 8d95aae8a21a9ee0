import type { Clock } from '../../runtime/clock';
import type { Database } from '../../runtime/database/database';
import { reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import { createShardSchemas } from '../../runtime/shards/schema-shards';
import type { ShardDirectory } from '../../runtime/shards/shard-directory';
import { parseRingDocument, type RingDocument } from '../../runtime/shards/shard-ring';
import type { Logger } from '../../runtime/telemetry/logger';
import type { Activation } from '../activation';

/** Ring of a service whose configuration names none. */
export const DEFAULT_RING: RingDocument = {
  format: 1,
  version: 1,
  hash: 'sha256',
  virtualNodes: 128,
  shards: ['a', 'b', 'c'],
  bounded: { slots: 1024, capacityFactor: 1.25 },
};

/** What keeping a ring stands on. */
export interface ShardRingOptions {
  readonly directory: ShardDirectory;
  readonly database: Database;
  readonly activation: Pick<Activation, 'state'>;
  /** The ring that the configuration names. */
  readonly configured: () => RingDocument;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps the directory at the newest ring, and makes the schemas of its shards where this Region writes. */
export class ShardRing {
  private offered: RingDocument | undefined;
  private made = '';

  constructor(private readonly options: ShardRingOptions) {}

  /** Takes a document, after the schemas that it needs. Rejects when they cannot be made: then the ring stays. */
  async adopt(text: string): Promise<void> {
    const { directory, logger } = this.options;
    await this.make(parseRingDocument(text));
    const before = directory.status?.version;
    if (!directory.offer(text)) {
      logger.warn('shards.ring-refused', { inForce: before, reason: directory.status?.problem });
      return;
    }
    const { version, shards, movingFrom } = parseRingDocument(text);
    if (version !== before) logger.info('shards.ring', { version, shards, movingFrom });
  }

  /** Follows the configuration until the signal aborts; a new writer makes what its database may lack. Never rejects. */
  run(signal: AbortSignal, pauseMilliseconds: number): Promise<void> {
    const { clock, logger } = this.options;
    const onError = (error: unknown) => logger.error('shards.failed', { error });
    return loop({ clock, signal, pauseMilliseconds, onError }, () => this.follow());
  }

  /** One look at the configuration, for who lives too short to run; costs no call when nothing is new. Never rejects. */
  async follow(): Promise<undefined> {
    try {
      return await this.turn();
    } catch (error) {
      this.options.logger.warn('shards.ring-not-taken', { reason: reasonOf(error) });
      return undefined;
    }
  }

  /** Takes what the configuration names now. */
  async turn(): Promise<undefined> {
    const { configured, directory } = this.options;
    const document = configured();
    if (document !== this.offered) {
      await this.adopt(JSON.stringify(document));
      this.offered = document;
    } else if (directory.document !== undefined) await this.make(directory.document);
    return undefined;
  }

  private async make({ version, shards, movingFrom = [] }: RingDocument): Promise<void> {
    const state = this.options.activation.state();
    // A standby's schemas come by replication.
    if (!state.active || this.made === `${state.epoch} ${version}`) return;
    await createShardSchemas(this.options.database, [...new Set([...shards, ...movingFrom])]);
    this.made = `${state.epoch} ${version}`;
  }
}
