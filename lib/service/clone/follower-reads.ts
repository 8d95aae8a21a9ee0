import type { Clock } from '../../runtime/clock';
import type { Queryable } from '../../runtime/database/database';
import { toRuntimeError } from '../../runtime/database/fence';
import { Budget } from '../../runtime/policy/budget';
import type { ClientPolicy } from '../../runtime/policy/client-policy';
import { percentileDelay } from '../../runtime/policy/hedge-delay';
import { type Policy, policy } from '../../runtime/policy/policy';
import { isTransient } from '../../runtime/policy/transient';
import type { ConsistentRead, ConsistentReads, ReadRequest } from '../../runtime/reads/consistent-reads';

/** What reading from followers stands on. */
export interface FollowerReadsOptions {
  readonly reads: Pick<ConsistentReads, 'read'>;
  /** Times and budgets of the topology; without them there is neither hedge nor fallback. */
  readonly clientPolicy?: ClientPolicy;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * Reads that any replica may answer, with a second one asked beside a slow first: behind a reader endpoint another
 * connection is likely another replica, and a read may run twice. What hedges cost is bounded by a budget, so that
 * replicas which are all slow are not asked twice as much. Its fallback is the leader.
 *
 * Not hedged are reads of the leader, whose slowness a second question would only add to, and those that wait for a
 * position: the second would wait for the same log.
 */
export class FollowerReads {
  private readonly calls: Policy | undefined;

  constructor(private readonly options: FollowerReadsOptions) {
    const { clientPolicy: numbers, clock, random } = options;
    this.calls =
      numbers &&
      policy({
        ...{ clock, random },
        timeoutMilliseconds: numbers.requestTimeoutMilliseconds,
        transient: error => isTransient(toRuntimeError(error)),
        hedge: { delay: percentileDelay(), budget: new Budget(numbers.hedge.budget) },
      });
  }

  /** As {@link ConsistentReads.read}; `reason` is `follower-late` for what the leader answered in place of followers. */
  async read<T>(request: ReadRequest, work: (on: Queryable) => Promise<T>): Promise<ConsistentRead<T>> {
    const { reads } = this.options;
    const { consistency, after } = request;
    const once = () => reads.read(request, work);
    if (this.calls === undefined || consistency.kind === 'strong' || after !== undefined) return once();
    return this.calls.run(once, { fallback: error => this.fromLeader(error, work) });
  }

  private async fromLeader<T>(
    error: unknown,
    work: (on: Queryable) => Promise<T>,
  ): Promise<ConsistentRead<T>> {
    try {
      const read = await this.options.reads.read({ consistency: { kind: 'strong' } }, work);
      return { ...read, reason: 'follower-late' };
    } catch {
      // Where no leader is, or it fares no better, the first error says more.
      throw error;
    }
  }
}
