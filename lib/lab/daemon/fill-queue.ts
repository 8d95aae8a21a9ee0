import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HoldfastError } from '../../errors';
import { queueName } from '../../naming';
import type { Clock } from '../../ports';
import type { GatewayState } from '../gateway';
import { LAB_CALLER } from '../reconciler';
import { waitFor } from '../wait-for';
import type { LabFault } from './fault';
import type { StruckWorld } from './faults';
import { CLONE_CALLER } from './followers';

/** Where orders are placed, and where the queue is asked. */
export interface QueuePlace {
  readonly application: string;
  /** Whether the application has homes. */
  readonly homes: boolean;
  /** The service's name. */
  readonly serviceHost: string;
  readonly servicePort: number;
  /** The gateway. */
  readonly endpoint: string;
  readonly clock: Clock;
}

/** Orders that are placed at the same time. */
const AT_ONCE = 8;
/** Milliseconds until one order is answered, and until what they owe stands in the queue. */
const ORDER = 10_000;
const QUEUED = 60_000;

const ruleOf = (region: string) => `queue-held-${region}`;

/**
 * Fills a Region's queue with real work: the workers are refused what they would take from it, and orders are placed
 * at the Region, which must be the active one. Each owes one message. Done when at least as many stand in the queue.
 * @throws HoldfastError `refused` when the Region does not take an order, `timeout` when their messages do not arrive
 */
export async function fillQueue(
  { region, count = 0 }: LabFault,
  { state, queues, followers }: Pick<StruckWorld, 'state' | 'queues' | 'followers'>,
): Promise<void> {
  if (queues.homes) {
    throw new HoldfastError(
      'refused',
      'each home has a queue of its own, and no fault fills one of several yet',
    );
  }
  const match = { caller: CLONE_CALLER, service: 'sqs', action: 'ReceiveMessage', region };
  state.injectFault({ id: ruleOf(region), match, effect: { kind: 'error', status: 503 } });
  const address = followers.regions.get(region)?.options.host;
  let placed = 0;
  const place = async () => {
    while (placed < count) {
      placed += 1;
      await placeOrder(`http://${address}:${queues.servicePort}/orders`, queues.serviceHost, region);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, place));
    await waitFor(async () => (await depth(region, queues)) >= count, {
      ...{ clock: queues.clock, timeout: QUEUED, interval: 200 },
      what: `${count} messages in the queue of ${region}`,
    });
  } catch (error) {
    drainQueue(region, state);
    throw error;
  }
}

/** Lets the workers take from the queue again. */
export function drainQueue(region: string, state: GatewayState): void {
  state.clearFault(ruleOf(region));
}

async function placeOrder(url: string, host: string, region: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), host },
    body: JSON.stringify({ item: 'bolt', quantity: 1 }),
    signal: AbortSignal.timeout(ORDER),
  });
  const text = await response.text();
  if (response.status === 201) return;
  const reason = `${region} answered an order with HTTP ${response.status}: ${text.slice(0, 200)}`;
  throw new HoldfastError('refused', `${reason}; fill the queue of the active Region`);
}

/** Messages in the queue, those that a worker has in hand among them. */
async function depth(region: string, { application, endpoint }: QueuePlace): Promise<number> {
  const credentials = { accessKeyId: LAB_CALLER, secretAccessKey: 'lab' };
  const client = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName(application) }));
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
    return names.reduce((sum, name) => sum + Number(answer.Attributes?.[name] ?? 0), 0);
  } finally {
    client.destroy();
  }
}
