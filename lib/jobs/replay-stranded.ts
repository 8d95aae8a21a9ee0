import { reasonOf } from '../runtime/errors';
import { outboxIdOf } from '../runtime/jobs/job-message';
import { postgresParking } from '../runtime/queue/postgres-parking';
import type { JobsContext } from './context';
import type { ReplayRequest } from './replay';
import { type Replayed, record, replayOwed, tell } from './replayed';
import { eachStranded, matches, type StrandedMessage } from './stranded';

/** A stranded message is hidden for so long while it is judged, in seconds. */
const HIDDEN_SECONDS = 60;

/**
 * Brings home what lies in queues that no worker takes from. The outbox of the active Region's database decides on
 * each message: an open row becomes due again, a closed one is done, and what names no row is parked whole. The
 * message leaves its old queue only after that record stands; a crash in between brings it again, to the same end.
 */
export async function replayStranded(
  context: JobsContext,
  request: ReplayRequest,
): Promise<readonly Replayed[]> {
  const { filter, maximum } = request;
  const jobs: Replayed[] = [];
  const place = { region: filter.region, visibilitySeconds: HIDDEN_SECONDS };
  await eachStranded(context, place, async stranded => {
    if (jobs.length >= maximum) return 'stop';
    if (!matches(stranded, filter)) return 'release';
    const job = await bringHome(context, stranded, request.reason);
    jobs.push(job);
    tell(context, job, jobs.length);
    return job.result === 'failed' ? 'release' : 'keep';
  });
  return jobs;
}

async function bringHome(
  context: JobsContext,
  stranded: StrandedMessage,
  reason?: string,
): Promise<Replayed> {
  const { queue, message } = stranded;
  const id = outboxIdOf(message.body) ?? message.messageId;
  try {
    const result = await judge(context, stranded, reason);
    await queue.remove([message.receipt]);
    return { id, result };
  } catch (error) {
    return { id, result: 'failed', reason: reasonOf(error) };
  }
}

/** One transaction under lease and fence; what it resolves to stands. */
async function judge(
  context: JobsContext,
  { region, queue, message }: StrandedMessage,
  reason?: string,
): Promise<'replayed' | 'done' | 'parked'> {
  const { messageId, body, attributes, receiveCount } = message;
  const url = await queue.url();
  const correlationId = attributes.correlationId || messageId;
  return context.fenced.run(context.active.epoch, async transaction => {
    const orderId = outboxIdOf(body);
    const facts = { jobId: orderId ?? messageId, messageId, correlationId };
    const owed =
      orderId === undefined
        ? 'unknown'
        : await replayOwed(context, transaction, orderId, { reason, messageId });
    if (owed === 'done') {
      const why = `done before its message was found in ${region}`;
      await record(context, transaction, { ...facts, outcome: 'dropped', reason: why });
      return owed;
    }
    if (owed !== 'unknown') return 'replayed';
    const why = `found in ${region}, and the database knows nothing that it asks for`;
    await postgresParking(work => work(transaction)).park({
      id: messageId,
      queue: url,
      region,
      body,
      attributes,
      reason: why,
      code: 'stranded',
      receiveCount,
      correlationId,
    });
    await record(context, transaction, { ...facts, outcome: 'parked', reason: why });
    return 'parked';
  });
}
