import { reasonOf } from '../runtime/errors';
import { outboxIdOf } from '../runtime/jobs/job-message';
import { redactText } from '../runtime/telemetry/redaction';
import { type JobsContext, QUEUE_KINDS, type QueueKind } from './context';
import type { Job, JobFilter } from './list';
import type { OperatorQueue, QueueCounts, SeenMessage } from './operator-queue';

/** One queue of one Region, and what is in it. */
export interface QueueView {
  readonly region: string;
  readonly kind: QueueKind;
  /** `undefined` when the queue did not answer, which is not the same as empty. */
  readonly counts?: QueueCounts;
  /** Why it did not answer. */
  readonly problem?: string;
}

/** A message and the queue that it lies in. */
export interface StrandedMessage {
  readonly region: string;
  readonly queue: OperatorQueue;
  readonly message: SeenMessage;
}

/** A peek hides messages for so long at most, in seconds: if it dies, they are back after that. */
const PEEK_SECONDS = 20;

/** The counts of both queues of every Region. Never rejects. */
export function viewQueues(context: JobsContext): Promise<readonly QueueView[]> {
  const places = context.regions.flatMap(region => QUEUE_KINDS.map(kind => ({ region, kind })));
  return Promise.all(
    places.map(async place => {
      try {
        return { ...place, counts: await context.queue(place.region, place.kind).counts() };
      } catch (error) {
        return { ...place, problem: reasonOf(error) };
      }
    }),
  );
}

/** Queues from which no worker takes: the work queues of Regions that are not active, and all dead letters. */
export function strandedPlaces(context: JobsContext, region?: string) {
  return context.regions
    .filter(name => region === undefined || name === region)
    .flatMap(name => QUEUE_KINDS.map(kind => ({ region: name, kind })))
    .filter(({ region: name, kind }) => kind === 'dead' || name !== context.active.region);
}

/**
 * Gives the messages of the queues that no worker takes from, batch by batch, until a queue shows nothing new or
 * `visit` answers false. What `visit` does not keep goes back at the end, and stays hidden until then.
 *
 * @throws what a queue throws that does not answer: unknown is not empty
 */
export async function eachStranded(
  context: JobsContext,
  { region, visibilitySeconds }: { readonly region?: string; readonly visibilitySeconds: number },
  visit: (stranded: StrandedMessage) => Promise<'keep' | 'release' | 'stop'>,
): Promise<void> {
  for (const place of strandedPlaces(context, region)) {
    const queue = context.queue(place.region, place.kind);
    if (await drain({ queue, region: place.region }, context.signal, visibilitySeconds, visit)) return;
  }
}

/** Resolves to whether to stop. */
async function drain(
  { queue, region }: Pick<StrandedMessage, 'queue' | 'region'>,
  signal: AbortSignal,
  visibilitySeconds: number,
  visit: (stranded: StrandedMessage) => Promise<'keep' | 'release' | 'stop'>,
): Promise<boolean> {
  const seen = new Set<string>();
  const held = new Map<string, string>();
  let stop = false;
  try {
    while (!stop && !signal.aborted) {
      const batch = await queue.receive(visibilitySeconds);
      for (const { messageId, receipt } of batch) held.set(messageId, receipt);
      const fresh = batch.filter(({ messageId }) => !seen.has(messageId));
      if (fresh.length === 0) break;
      for (const message of fresh) {
        seen.add(message.messageId);
        stop ||= signal.aborted;
        if (stop) continue;
        const fate = await visit({ region, queue, message });
        if (fate === 'keep') held.delete(message.messageId);
        stop = fate === 'stop';
      }
    }
  } finally {
    await giveBack(queue, [...held.values()]);
  }
  return stop;
}

/** Best effort: what cannot be given back comes back by itself. */
async function giveBack(queue: OperatorQueue, receipts: readonly string[]): Promise<void> {
  for (let index = 0; index < receipts.length; index += 10) {
    await queue.release(receipts.slice(index, index + 10)).catch(() => undefined);
  }
}

/** Lists stranded messages by peeking: each is received, and given back at once. */
export async function peekStranded(
  context: JobsContext,
  filter: JobFilter,
  limit: number,
): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  const place = { region: filter.region, visibilitySeconds: PEEK_SECONDS };
  await eachStranded(context, place, async stranded => {
    if (jobs.length >= limit) return 'stop';
    if (matches(stranded, filter)) jobs.push(toJob(stranded));
    return 'release';
  });
  return jobs;
}

/** Whether a message is among those that a filter names. */
export function matches({ message }: StrandedMessage, filter: JobFilter): boolean {
  const { sentAt, messageId, body, attributes } = message;
  if (filter.since !== undefined && sentAt < filter.since) return false;
  if (filter.until !== undefined && sentAt >= filter.until) return false;
  if (filter.kind !== undefined && filter.kind !== 'message') return false;
  const text = [messageId, body, ...Object.values(attributes)].join(' ').toLowerCase();
  return filter.contains === undefined || text.includes(filter.contains.toLowerCase());
}

function toJob({ region, message }: StrandedMessage): Job {
  const { messageId, body, attributes, receiveCount, sentAt } = message;
  const epoch = Number(attributes.epoch);
  return {
    id: outboxIdOf(body) ?? messageId,
    state: 'stranded',
    kind: 'message',
    region,
    epoch: Number.isSafeInteger(epoch) && attributes.epoch ? epoch : null,
    at: sentAt,
    correlationId: redactText(attributes.correlationId ?? ''),
    messageId,
    code: null,
    reason: `received ${receiveCount} times`,
  };
}
