import type { IdempotencyStore } from '../idempotency/idempotency-store';
import type { QueueWork, WorkContext } from './queue-handler';
import type { WorkMessage } from './work-batch';

/** How messages take effect once. */
export interface IdempotentMessagesOptions<Effects> {
  /** The store, or how it is made for the epoch in hand. */
  readonly store: IdempotencyStore<Effects> | ((context: WorkContext) => IdempotencyStore<Effects>);
  /** What the keys belong to: the application and the work. */
  readonly scope: string;
  /** How long a message is remembered, in seconds. @default 1209600, the longest that SQS keeps one (14 days) */
  readonly ttlSeconds?: number;
  /**
   * Key of a message. @default - its attribute `idempotencyKey`; else its id, which tells deliveries of one sending
   * apart from nothing but other sendings: who sends twice has to give the attribute
   */
  readonly key?: (message: WorkMessage) => string;
  /** Writes the effect, through `effects` alone. */
  readonly effect: (message: WorkMessage, effects: Effects, context: WorkContext) => Promise<unknown>;
}

/** A message's effect and its record in one transaction: work for `queueHandler` that takes effect once. */
export function idempotentMessages<Effects>(options: IdempotentMessagesOptions<Effects>): QueueWork {
  const { store, scope, ttlSeconds = 14 * 24 * 3600, key = keyOf, effect } = options;
  return async (message, context) => {
    const call = { scope, key: key(message), request: askedIn(message.body), ttlSeconds };
    const kept = typeof store === 'function' ? store(context) : store;
    const { replayed } = await kept.once(call, effects => effect(message, effects, context));
    if (replayed) context.logger.debug('message.repeated', { messageId: message.id });
  };
}

/**
 * What a body asks, whichever epoch sent it: after a raise the outbox sends the same work again under the new one, and so
 * does a replay (`jobs/job-message`), and that must be no other request under a used key.
 */
function askedIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { epoch, ...asked } = body as Readonly<Record<string, unknown>>;
  return typeof epoch === 'number' ? asked : body;
}

const keyOf = ({ attributes, id }: WorkMessage): string => attributes.idempotencyKey || id;
