// Jobs of two Regions on a real database, with queues that a test looks into and breaks.
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/clock';
import type { JobsContext, OperatorQueue, QueueKind } from '../../lib/jobs';
import { FencedTransactions } from '../../lib/runtime/database/fence';
import type { OutgoingMessage } from '../../lib/runtime/queue/queue';
import { FaultyDatabase } from '../helpers/faulty-database';
import { type OrdersWorld, TestLease, TestQueue } from '../helpers/orders-world';

export const OLD = 'us-east-2';
export const ACTIVE = 'us-west-2';

/** Where a call of a queue fails: before the queue acted, or after, with the answer lost. */
export interface QueueFault {
  readonly call: 'send' | 'remove' | 'receive';
  readonly when: 'before' | 'after';
}

/** The queues of both Regions; those of workers and those of operators are the same. */
export class JobsWorld {
  readonly queues = new Map<string, TestQueue>();
  fault: QueueFault | undefined;
  /** Regions whose queues do not answer. */
  readonly lost = new Set<string>();
  private readonly hidden = new Map<string, number>();

  constructor(readonly orders: OrdersWorld) {}

  queue(region: string, kind: QueueKind = 'work'): TestQueue {
    const name = `${region}/${kind}`;
    const queue = this.queues.get(name) ?? new TestQueue();
    this.queues.set(name, queue);
    return queue;
  }

  /** One operator, with a database connection of its own that a test can break. */
  operator(epoch: number, name = 'ada', signal: AbortSignal = new AbortController().signal) {
    const database = new FaultyDatabase(this.orders.pool);
    const lease = new TestLease(epoch);
    const told: string[] = [];
    const context: JobsContext = {
      regions: [OLD, ACTIVE],
      active: { region: ACTIVE, epoch },
      database,
      fenced: new FencedTransactions(database, lease.state),
      queue: (region, kind) => this.operatorQueue(region, kind),
      clock: systemClock,
      output: { emit: ({ text }) => void told.push(text) },
      signal,
      operator: name,
    };
    return { context, database, lease, told };
  }

  /** Puts messages into a queue. */
  async put(region: string, kind: QueueKind, ...bodies: readonly string[]): Promise<void> {
    const attributes = { correlationId: 'c-put', epoch: '1' };
    await this.queue(region, kind).send(bodies.map((body, id) => ({ id: String(id), body, attributes })));
  }

  private operatorQueue(region: string, kind: QueueKind): OperatorQueue {
    const queue = this.queue(region, kind);
    const call = async <T>(name: QueueFault['call'] | undefined, act: () => Promise<T>): Promise<T> => {
      if (this.lost.has(region)) throw new Error(`${region} does not answer`);
      const fault = this.fault?.call === name ? this.fault : undefined;
      if (fault !== undefined) this.fault = undefined;
      if (fault?.when === 'before') throw new Error('crashed before the queue acted');
      const answer = await act();
      if (fault?.when === 'after') throw new Error('the answer was lost');
      return answer;
    };
    return {
      url: async () => `https://${region}/${kind}`,
      counts: () => call(undefined, async () => ({ waiting: queue.messages.size, inWork: 0, delayed: 0 })),
      receive: () => call('receive', () => this.take(queue)),
      send: (message: OutgoingMessage) => call('send', async () => void (await queue.send([message]))),
      remove: receipts => call('remove', () => queue.remove(receipts)),
      release: async receipts => {
        for (const receipt of receipts) this.hidden.delete(receipt);
        await queue.release(receipts);
      },
    };
  }

  /** Visible again for everybody, as after the longest time that a message is hidden. */
  async later(): Promise<void> {
    this.hidden.clear();
  }

  private async take(queue: TestQueue) {
    const batch = [...queue.messages.values()]
      .filter(({ receipt }) => !this.hidden.has(receipt))
      .slice(0, 10);
    return batch.map(message => {
      this.hidden.set(message.receipt, 1);
      return { ...message, sentAt: new Date('2026-11-25T06:00:00Z') };
    });
  }
}

/** A body that asks to fulfil an order. */
export const asks = (orderId: string = randomUUID(), epoch = 1): string =>
  JSON.stringify({ version: 1, orderId, epoch });
