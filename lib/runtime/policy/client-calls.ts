import type { Clock } from '../clock';
import { fullJitter } from './backoff';
import type { CircuitBreaker } from './breaker';
import { Budget } from './budget';
import type { Bulkhead } from './bulkhead';
import type { ClientPolicy } from './client-policy';
import { type Policy, policy } from './policy';
import type { TransientWhen } from './transient';

/** What belongs to one dependency and not to the topology. */
export interface ClientOptions {
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Whether the work may run twice: without it there is no retry. */
  readonly repeatable: boolean;
  readonly transient?: TransientWhen;
  readonly breaker?: CircuitBreaker;
  readonly bulkhead?: Bulkhead;
}

/** A policy with the times and budgets of the topology. Each dependency has its own: budgets are not shared. */
export function clientCalls(numbers: ClientPolicy, options: ClientOptions): Policy {
  const { repeatable, ...rest } = options;
  const { attempts, baseMilliseconds, capMilliseconds, budget } = numbers.retry;
  return policy({
    ...rest,
    deadlineMilliseconds: numbers.deadlineMilliseconds,
    timeoutMilliseconds: numbers.requestTimeoutMilliseconds,
    retry: repeatable
      ? {
          attempts,
          backoff: fullJitter({ baseMilliseconds, capMilliseconds }),
          budget: new Budget({ ...budget, start: budget.reserve }),
        }
      : undefined,
  });
}
