import type { Clock } from '../clock';
import type { Database, Queryable } from '../database/database';
import { RuntimeError } from '../errors';
import type { Consistency } from './consistency';
import type { DatabasePositions } from './database-positions';
import type { ReadPosition } from './read-position';

/** What reading stands on. */
export interface ConsistentReadsOptions {
  readonly clock: Clock;
  readonly positions: DatabasePositions;
  /** The database that takes writes, under a lease; undefined while this Region has none. */
  readonly leader: () => Queryable | undefined;
  /** A replica in this Region; undefined when there is none. */
  readonly follower: () => Database | undefined;
  /** Epoch whose lease this process holds at this moment; undefined without a lease. */
  readonly leaderEpoch: () => number | undefined;
  /** Newest epoch that this process knows. */
  readonly epoch: () => number | undefined;
  /** How long a read waits for a replica to reach a position, in milliseconds. @default 200 */
  readonly waitMilliseconds?: number;
}

/** One read. */
export interface ReadRequest {
  readonly consistency: Consistency;
  /** The reader's own last write, which it must see. */
  readonly after?: ReadPosition;
}

/** What was read, and where. */
export interface ConsistentRead<T> {
  readonly value: T;
  readonly from: 'leader' | 'follower';
  /** Upper bound of the age of what a follower gave, in milliseconds; undefined when it cannot be told. */
  readonly lagMilliseconds?: number;
  /** Why the leader was asked although a follower would have been enough. */
  readonly reason?: 'lag' | 'not-reached' | 'epoch' | 'follower-failed' | 'follower-late';
}

/** Pause between two looks at a replica, in milliseconds. */
const LOOK = 10;

/** That one is late, only who waits for it can tell. */
type Refusal = Exclude<NonNullable<ConsistentRead<unknown>['reason']>, 'follower-late'>;

/**
 * Reads from a follower when what it has is new enough, else from the leader, and says which. A follower is asked how
 * far it is on the connection that reads. The leader answers under its lease, checked after the read as well: a
 * leader that was replaced meanwhile may have read the past.
 */
export class ConsistentReads {
  constructor(private readonly options: ConsistentReadsOptions) {}

  /**
   * Runs `work` where it sees what was asked for.
   * @throws RuntimeError `stale` when only a follower is here and it is too old, `not-active` when the leader was asked
   * for and is not here, and what `work` throws.
   */
  async read<T>(request: ReadRequest, work: (on: Queryable) => Promise<T>): Promise<ConsistentRead<T>> {
    const follower = this.options.follower();
    const refusal = this.refusal(request);
    if (request.consistency.kind === 'strong' || follower === undefined) return this.fromLeader(work);
    if (refusal !== undefined) return this.fromLeader(work, refusal);
    const found = await this.fromFollower(follower, request, work);
    return typeof found === 'object' ? found : this.fromLeader(work, found);
  }

  /** A position of another epoch cannot be compared with anything here. */
  private refusal({ after }: ReadRequest): Refusal | undefined {
    return after !== undefined && after.epoch !== this.options.epoch() ? 'epoch' : undefined;
  }

  private async fromFollower<T>(
    follower: Database,
    request: ReadRequest,
    work: (on: Queryable) => Promise<T>,
  ): Promise<ConsistentRead<T> | Refusal> {
    const { clock, waitMilliseconds = 200 } = this.options;
    const until = clock.monotonic() + waitMilliseconds;
    for (;;) {
      const found = await this.attempt(follower, request, work);
      if (typeof found === 'object' || found === 'follower-failed') return found;
      // The connection is given back between two looks, so that those who wait do not hold the pool.
      if (clock.monotonic() + LOOK > until) return found;
      await clock.sleep(LOOK);
    }
  }

  private async attempt<T>(follower: Database, request: ReadRequest, work: (on: Queryable) => Promise<T>) {
    const { consistency, after } = request;
    let reading = false;
    try {
      return await follower.transaction(async (on): Promise<ConsistentRead<T> | Refusal> => {
        const { writer, lsn, lagMilliseconds } = await this.options.positions.reached(on);
        if (after !== undefined && !writer && lsn < after.lsn) return 'not-reached';
        if (consistency.kind === 'bounded' && !((lagMilliseconds ?? Infinity) <= consistency.milliseconds)) {
          return 'lag';
        }
        reading = true;
        return { value: await work(on), from: 'follower', lagMilliseconds };
      });
    } catch (error) {
      // What the work throws is the caller's; a replica that is away is not.
      if (reading || this.options.leader() === undefined) throw error;
      return 'follower-failed';
    }
  }

  private async fromLeader<T>(
    work: (on: Queryable) => Promise<T>,
    reason?: Refusal,
  ): Promise<ConsistentRead<T>> {
    const leader = this.options.leader();
    const epoch = this.options.leaderEpoch();
    if (leader === undefined || epoch === undefined) throw refusalOf(reason);
    const value = await work(leader);
    if (this.options.leaderEpoch() !== epoch) {
      throw new RuntimeError('not-active', `the lease of epoch ${epoch} ended during the read`);
    }
    return { value, from: 'leader', reason };
  }
}

const TEXT: Readonly<Record<Refusal, string>> = {
  lag: 'the replica of this Region is older than was asked for, or cannot tell how old it is',
  'not-reached': 'the replica of this Region has not reached the position yet',
  epoch: 'the position belongs to another epoch, and only the leader can tell what became of it',
  'follower-failed': 'the replica of this Region does not answer',
};

function refusalOf(reason: Refusal | undefined): RuntimeError {
  if (reason === undefined) return new RuntimeError('not-active', 'the leader is not in this Region now');
  return new RuntimeError('stale', `${TEXT[reason]}; the leader is in another Region`);
}
