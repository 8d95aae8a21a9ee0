import type { Clock, Output } from '../ports';
import type { Database } from '../runtime/database/database';
import type { FencedTransactions } from '../runtime/database/fence';
import type { OperatorQueue } from './operator-queue';

/** The two queues of a Region: the one that workers take from, and that of its dead letters. */
export const QUEUE_KINDS = ['work', 'dead'] as const;
/** One of {@link QUEUE_KINDS}. */
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** What looking at jobs, and having them run again, stands on. */
export interface JobsContext {
  /** Regions of the application. */
  readonly regions: readonly string[];
  /** The Region that the register names active, and its epoch. */
  readonly active: { readonly region: string; readonly epoch: number };
  /** The database of the active Region. */
  readonly database: Database;
  /** Its transactions under the lease and the fence of the epoch. */
  readonly fenced: Pick<FencedTransactions, 'run' | 'requireLease'>;
  queue(region: string, kind: QueueKind): OperatorQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly output: Output;
  /** Ends a replay between two jobs; what was begun is finished. */
  readonly signal: AbortSignal;
  /** Who looks, kept with each replay. */
  readonly operator: string;
}
