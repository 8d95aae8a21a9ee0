import type { Clock } from '../../runtime/clock';
import { reasonOf } from '../../runtime/errors';
import type { LeaderElection } from '../../runtime/leader/leader-election';
import { tokenText } from '../../runtime/leader/token';
import { loop } from '../../runtime/loop';
import { NewerRing } from '../../runtime/shards/ring-fence';
import { type MoveProgress, ShardMover } from '../../runtime/shards/shard-mover';
import type { Logger } from '../../runtime/telemetry/logger';
import type { ShardParts } from '../carts/shard-parts';

/** What moving records stands on. */
export interface RebalanceOptions {
  readonly election: Pick<LeaderElection, 'current'>;
  readonly shards: Pick<ShardParts, 'directory' | 'open' | 'ring'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pause between two looks for a new ring, in milliseconds. */
  readonly pauseMilliseconds: number;
}

/**
 * Moves records to where the ring says while this process leads, one pass a ring and tenure: what an earlier tenure knows
 * to be done may have been lost with a Region. Two movers at once do no harm (`ShardMover`), so the token is not checked;
 * each transaction is under the fence of the epoch and of the ring. Never rejects.
 */
export function runRebalance(options: RebalanceOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger, pauseMilliseconds } = options;
  const turn = rebalanceTurn(options);
  const onError = (error: unknown) => logger.warn('shards.not-moved', { reason: reasonOf(error) });
  return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
    const progress = await turn();
    return progress === undefined || progress.done ? undefined : 0;
  });
}

/** One page of the pass of this tenure. */
export function rebalanceTurn(options: RebalanceOptions): () => Promise<MoveProgress | undefined> {
  const { election, shards, logger } = options;
  let tenure: string | undefined;
  let mover = new ShardMover(shards);
  return async () => {
    const token = election.current()?.token;
    if (token === undefined) return undefined;
    if (tenure !== tokenText(token)) mover = new ShardMover(shards);
    tenure = tokenText(token);
    try {
      const progress = await mover.turn();
      if (progress?.done === true) tell(logger, progress);
      return progress;
    } catch (error) {
      if (error instanceof NewerRing && error.document !== undefined) await shards.ring.adopt(error.document);
      throw error;
    }
  };
}

function tell(logger: Logger, { version, moved, stranded }: MoveProgress): void {
  logger.info('shards.moved', { version, moved });
  if (stranded === 0) return;
  const fix = 'publish the next version of the ring with movingFrom naming the shards that hold them';
  logger.error('shards.stranded', { version, stranded, fix });
}
