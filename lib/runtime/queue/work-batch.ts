import { RuntimeError, reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import { type Parking, parkedFor, shouldPark } from './parking';

/** One message of an SQS event, as Lambda hands it over. */
export interface QueueRecord {
  readonly messageId?: string;
  readonly body?: string;
  readonly attributes?: {
    readonly MessageGroupId?: string;
    readonly ApproximateReceiveCount?: string;
  };
  readonly messageAttributes?: Readonly<Record<string, { readonly stringValue?: string }>>;
  /** ARN of the queue; that of a FIFO queue ends in `.fifo`. */
  readonly eventSourceARN?: string;
}

/** A message, read. */
export interface WorkMessage {
  readonly id: string;
  /** The body, parsed as JSON; types are as written and never coerced. */
  readonly body: unknown;
  /** Message attributes that are text. */
  readonly attributes: Readonly<Record<string, string>>;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
}

/** Answer to an event source mapping that reports batch item failures; an empty list means that all was worked. */
export interface BatchAnswer {
  readonly batchItemFailures: ReadonlyArray<{ readonly itemIdentifier: string }>;
}

/** How a batch is worked. */
export interface WorkBatchOptions {
  /** Works one message; rejects when it could not be worked. It may see a message twice and must not mind. */
  readonly work: (message: WorkMessage) => Promise<void>;
  readonly logger: Logger;
  /** Messages, or groups of a FIFO queue, in work at the same time. @default 10 */
  readonly concurrency?: number;
  /** Where messages go that cannot be worked. @default - nowhere: they come again until the dead letters take them */
  readonly parking?: BatchParking;
}

/** How the messages of a batch are parked. */
export interface BatchParking {
  readonly parking: Parking;
  readonly region: string;
  /** Receives after which a message that fails for its own fault is parked. @default 5 */
  readonly parkAfter?: number;
}

/**
 * Works a batch of one queue and says which messages are to come again.
 *
 * A standard queue: each message fails alone. A FIFO queue: within a message group in order, and after a failure
 * nothing later of that group runs; it comes again behind the message that failed. Other groups go on, since SQS
 * keeps no order between groups. A message that is parked makes way for its group, as a dead letter does.
 *
 * Lambda takes an answer that it does not understand for "all failed" or, worse, for "all worked". So an id that is
 * missing is never reported: it fails the whole batch, on purpose.
 *
 * @throws RuntimeError `invalid-input` when a message that failed has no id
 */
export async function workBatch(
  records: readonly QueueRecord[],
  options: WorkBatchOptions,
): Promise<BatchAnswer> {
  const failed = new Set<QueueRecord>();
  const lanes = lanesOf(records).values();
  const run = async () => {
    for (const lane of lanes) for (const record of await workLane(lane, options)) failed.add(record);
  };
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency ?? 10) }, run));
  return answerOf(records.filter(record => failed.has(record)));
}

/** Hands the whole batch back. @throws RuntimeError `invalid-input` when a message has no id */
export function returnBatch(records: readonly QueueRecord[]): BatchAnswer {
  return answerOf(records);
}

/** What runs one after the other: the messages of a group in a FIFO queue, else each message alone. */
function lanesOf(records: readonly QueueRecord[]): ReadonlyArray<readonly QueueRecord[]> {
  const groups = new Map<unknown, QueueRecord[]>();
  for (const record of records) {
    const fifo = record.eventSourceARN?.endsWith('.fifo');
    const group = fifo ? (record.attributes?.MessageGroupId ?? '') : record;
    const lane = groups.get(group);
    if (lane === undefined) groups.set(group, [record]);
    else lane.push(record);
  }
  return [...groups.values()];
}

/** Works until the first failure; returns what failed and what stood behind it. */
async function workLane(
  lane: readonly QueueRecord[],
  options: WorkBatchOptions,
): Promise<readonly QueueRecord[]> {
  for (const [index, record] of lane.entries()) {
    try {
      await options.work(readRecord(record));
    } catch (error) {
      const { messageId, attributes } = record;
      const receiveCount = attributes?.ApproximateReceiveCount;
      options.logger.warn('message.failed', { messageId, receiveCount, reason: reasonOf(error) });
      if (!(await park(record, error, options))) return lane.slice(index);
    }
  }
  return [];
}

/** Whether the message was parked, and so is done with: only then may it leave the queue. */
async function park(record: QueueRecord, error: unknown, options: WorkBatchOptions): Promise<boolean> {
  const { parking, logger } = options;
  const { messageId: id } = record;
  // Without an id it has no name to be parked under.
  if (parking === undefined || !isId(id)) return false;
  const receiveCount = receiveCountOf(record);
  if (!shouldPark(error, receiveCount, parking.parkAfter)) return false;
  const attributes = attributesOf(record);
  try {
    await parking.parking.park({
      id,
      queue: record.eventSourceARN ?? '',
      region: parking.region,
      body: record.body ?? '',
      attributes,
      receiveCount,
      correlationId: attributes.correlationId || id,
      ...parkedFor(error),
    });
  } catch (failure) {
    logger.warn('message.not-parked', { messageId: id, reason: reasonOf(failure) });
    return false;
  }
  logger.warn('message.parked', { messageId: id, receiveCount, ...parkedFor(error) });
  return true;
}

function readRecord(record: QueueRecord): WorkMessage {
  return {
    id: record.messageId ?? '',
    body: parseBody(record.body),
    attributes: attributesOf(record),
    receiveCount: receiveCountOf(record),
  };
}

const receiveCountOf = ({ attributes }: QueueRecord): number =>
  Number(attributes?.ApproximateReceiveCount ?? 1);

function attributesOf({ messageAttributes = {} }: QueueRecord): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const [name, { stringValue }] of Object.entries(messageAttributes)) {
    if (stringValue !== undefined) attributes[name] = stringValue;
  }
  return attributes;
}

/** The parser's own message repeats the body, which may hold what no log should. */
function parseBody(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    throw new RuntimeError('invalid-input', 'the body is not JSON');
  }
}

function answerOf(failed: readonly QueueRecord[]): BatchAnswer {
  const ids = failed.map(record => record.messageId);
  if (!ids.every(isId)) {
    throw new RuntimeError('invalid-input', 'a message that failed has no id, so the whole batch fails');
  }
  return { batchItemFailures: [...new Set(ids)].map(itemIdentifier => ({ itemIdentifier })) };
}

const isId = (id: unknown): id is string => typeof id === 'string' && id !== '';
