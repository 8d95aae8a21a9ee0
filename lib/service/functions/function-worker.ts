import { reasonOf } from '../../runtime/errors';
import { type BatchAnswer, type QueueRecord, returnBatch } from '../../runtime/queue/work-batch';
import { Fulfilment } from '../orders/fulfilment';
import type { Parts } from '../parts';
import { eventTurns } from '../saga/saga-worker';
import { MessageWork, type WorkedMessage } from '../worker/message-work';
import { OutboxRelay } from '../worker/relay';
import type { FunctionParts } from './function-parts';

/** A batch of the queue, or the tick of a schedule, which has no records. */
export interface WorkEvent {
  readonly Records?: readonly QueueRecord[];
}

/** What Lambda tells of an invocation, as far as it is read. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Works one event. */
export type WorkerFunction = (event: WorkEvent, context: InvocationContext) => Promise<BatchAnswer>;

/** No turn begins with less time left, in milliseconds: longer than any step of a saga takes. */
const LAST_TURN = 10_000;
const NOTHING: BatchAnswer = { batchItemFailures: [] };

/**
 * The worker as a function: a batch of the queue is fulfilled as by a consumer, and each tick of a schedule relays the
 * outbox and turns sagas and read models until nothing is left to do. Leader's duties and deliveries of changes need a
 * process that stays: they are a worker's.
 */
export function workerFunction({ parts, telemetry, invoke }: FunctionParts): WorkerFunction {
  const { fenced, cached, environment } = parts;
  const work = new MessageWork({
    ...parts,
    fulfilment: new Fulfilment({ fenced, worker: environment.instanceId }),
    changed: orderId => cached.invalidate(orderId),
    source: { queue: environment.queueUrl, region: environment.region },
    worker: environment.instanceId,
    telemetry: telemetry.telemetry,
  });
  const tick = turns(parts);
  return ({ Records }, context) =>
    invoke(() =>
      underLease(parts, async () => {
        if (Records !== undefined) return workRecords(parts, work, Records);
        await tick(() => context.getRemainingTimeInMillis() > LAST_TURN);
        return NOTHING;
      }),
    );
}

/** Renews the lease for as long as the work takes: a batch may take longer than a lease. */
async function underLease<T>({ keeper }: Parts, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const renewing = keeper.run(done.signal);
  try {
    return await work();
  } finally {
    done.abort();
    await renewing;
  }
}

/** What is to come again is told one by one. */
async function workRecords(
  { activation, config, logger }: Parts,
  work: MessageWork,
  records: readonly QueueRecord[],
): Promise<BatchAnswer> {
  const state = activation.state();
  const reason = config.value.fulfilmentPaused ? 'fulfilment is paused' : !state.active && state.reason;
  if (reason !== false) {
    logger.info('batch.returned', { messages: records.length, reason });
    return returnBatch(records);
  }
  const fates = await Promise.all(records.map(record => work.work(messageOf(record))));
  return returnBatch(records.filter((_, index) => fates[index] !== 'remove'));
}

function messageOf({
  messageId = '',
  body = '',
  attributes,
  messageAttributes = {},
}: QueueRecord): WorkedMessage {
  const texts = Object.entries(messageAttributes).map(([name, value]) => [name, value.stringValue ?? '']);
  const receiveCount = Number(attributes?.ApproximateReceiveCount ?? 1);
  return { messageId, body, attributes: Object.fromEntries(texts), receiveCount };
}

/** One after the other until none has more to do, each under the epoch that holds then. */
function turns(parts: Parts): (more: () => boolean) => Promise<void> {
  const { activation, logger } = parts;
  const relay = new OutboxRelay(parts);
  const { run, saga, projection } = eventTurns(parts);
  const all = { relay: () => relay.relay(), saga, projection };
  return async timeIsLeft => {
    const done = new AbortController();
    const running = run(done.signal);
    try {
      for (let busy = true; busy; ) {
        busy = false;
        for (const [name, turn] of Object.entries(all)) {
          const state = activation.state();
          if (!state.active || !timeIsLeft()) return;
          try {
            busy = (await turn(state.epoch)) || busy;
          } catch (error) {
            logger.warn(`${name}.failed`, { reason: reasonOf(error) });
          }
        }
      }
    } finally {
      done.abort();
      await running;
    }
  };
}
