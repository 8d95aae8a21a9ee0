import { randomUUID } from 'node:crypto';
import { formatTraceparent, withinSpan } from '../../lib/runtime/telemetry/trace-context';
import { OrdersWorld, TestLease, TestQueue } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
let database: TestDatabase;
let world: OrdersWorld;

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(() => world.reset());
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

async function ordered(count: number) {
  const process = world.process();
  for (let index = 0; index < count; index += 1) await process.order(`key-${index}`);
  return process;
}

describe('the relay', () => {
  test('sends each open row once an epoch, with its correlation id', async () => {
    const process = await ordered(12);
    expect(await process.relay.relay()).toBe(true);
    expect(await process.relay.relay()).toBe(false);
    expect(await process.relay.relay()).toBe(false);
    const sent = [...process.queue.messages.values()];
    expect(sent).toHaveLength(12);
    expect(sent[0]?.attributes).toEqual({ correlationId: 'correlation-key-0', epoch: '1' });
  });

  test('sends the trace of the request, however late, and the worker goes on with it', async () => {
    const process = world.process();
    const request = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    await withinSpan(request, () => process.order('traced'));
    await process.order('untraced');
    await process.relay.relay();
    const [traced, untraced] = [...process.queue.messages.values()];
    expect(traced?.attributes.traceparent).toBe(formatTraceparent(request));
    expect(untraced?.attributes).not.toHaveProperty('traceparent');
    while (process.queue.messages.size > 0) await process.consume();
    const spans = process.spans.filter(({ traceId }) => traceId === request.traceId);
    expect(spans).toEqual([expect.objectContaining({ kind: 'consumer', parentSpanId: request.spanId })]);
    expect(process.spans).toHaveLength(2);
  });

  test('sends again what a crash left unmarked', async () => {
    const process = await ordered(1);
    process.database.after = {
      statement: /UPDATE outbox SET epoch_sent/,
      run: () => {
        throw new Error('crashed');
      },
    };
    await expect(process.relay.relay()).rejects.toThrow();
    await process.relay.relay();
    expect(process.queue.messages.size).toBe(2);
  });

  test('two relays at once do not send the same rows', async () => {
    const process = await ordered(20);
    const other = world.process(process.lease, process.queue);
    process.database.after = { statement: /SKIP LOCKED/, run: async () => void (await other.relay.relay()) };
    await process.relay.relay();
    const sent = [...process.queue.messages.values()].map(message => message.body);
    expect(new Set(sent).size).toBe(sent.length);
    expect(sent).toHaveLength(20);
  });

  test('leaves rows open that the queue did not take', async () => {
    const process = await ordered(2);
    const send = process.queue.send.bind(process.queue);
    process.queue.send = async messages => {
      await send(messages.slice(1));
      return messages.slice(0, 1).map(message => message.id);
    };
    await process.relay.relay();
    process.queue.send = send;
    await process.relay.relay();
    expect(process.queue.messages.size).toBe(2);
  });

  test('a raise of the epoch sends every open row again, and no closed one', async () => {
    const process = await ordered(3);
    await process.relay.relay();
    const first = [...process.queue.messages.keys()].slice(1);
    for (const receipt of first) process.queue.messages.delete(receipt);
    await process.consume();
    const elsewhere = world.process(new TestLease(2), new TestQueue());
    await elsewhere.relay.relay();
    expect(elsewhere.queue.messages.size).toBe(2);
    while (elsewhere.queue.messages.size > 0) await elsewhere.consume();
    expect(await process.counts()).toMatchObject({ effects: 3, open: 0 });
  });
});

describe('a message', () => {
  test('is worked once in effect, however often and by however many it is delivered', async () => {
    const process = await ordered(10);
    await process.relay.relay();
    const copies = [...process.queue.messages.values()];
    const workers = Array.from({ length: 4 }, () => {
      const queue = new TestQueue();
      for (const copy of copies) queue.messages.set(copy.receipt, copy);
      return world.process(new TestLease(), queue);
    });
    await Promise.all(workers.map(worker => worker.consume()));
    await Promise.all(workers.map(worker => worker.consume()));
    expect(await process.counts()).toMatchObject({ effects: 10, open: 0 });
    const { rows } = await world.pool.query('SELECT DISTINCT status FROM orders');
    expect(rows).toEqual([{ status: 'fulfilled' }]);
    for (const worker of workers) expect(worker.queue.messages.size).toBe(0);
  });

  test('comes again after a crash at any point, and is worked once in effect', async () => {
    const probe = await ordered(1);
    await probe.relay.relay();
    await probe.consume();
    const { statements } = probe.database;
    expect(statements).toBeGreaterThanOrEqual(4);
    for (let number = 1; number <= statements; number += 1) {
      await world.reset();
      const process = await ordered(1);
      await process.relay.relay();
      process.database.crash = { at: 'statement', number, when: 'after' };
      await process.consume();
      expect(await process.counts()).toMatchObject({ effects: 0, open: 1 });
      expect(process.queue.messages.size).toBe(1);
      await process.consume();
      expect(await process.counts()).toMatchObject({ effects: 1, open: 0 });
      expect(process.queue.messages.size).toBe(0);
    }
  });

  test('that was worked but not removed is removed the next time', async () => {
    const process = await ordered(1);
    await process.relay.relay();
    process.database.crash = { at: 'committed' };
    await process.consume();
    expect(process.queue.messages.size).toBe(1);
    await process.consume();
    expect(process.queue.messages.size).toBe(0);
    expect(await process.counts()).toMatchObject({ effects: 1 });
  });

  test('of an older epoch is judged by the database: owed work is done, done work is not', async () => {
    const process = await ordered(1);
    await process.relay.relay();
    const newer = world.process(new TestLease(2), process.queue);
    const copy = [...process.queue.messages.values()];
    await newer.consume();
    for (const message of copy) process.queue.messages.set(message.receipt, message);
    await newer.consume();
    expect(await process.counts()).toMatchObject({ effects: 1, open: 0 });
    expect(process.queue.messages.size).toBe(0);
  });

  test('BP-17: of no sense is parked at once, with its body and the reason, and leaves the queue', async () => {
    const process = world.process();
    const bodies = ['{', '{"orderId":1}', 'null'];
    const attributes = { correlationId: 'c' };
    await process.queue.send(bodies.map((body, id) => ({ id: String(id), body, attributes })));
    await process.consume();
    expect(process.queue.messages.size).toBe(0);
    expect((await process.counts()).effects).toBe(0);
    const { rows } = await world.pool.query(
      `SELECT body, code, reason, queue, region, correlation_id, attributes, receive_count
         FROM parked_messages ORDER BY length(body)`,
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({
      body: '{',
      code: 'invalid-input',
      reason: 'the body is no work message of this service',
      queue: 'test',
      region: REGION,
      correlation_id: 'c',
      attributes,
      receive_count: 1,
    });
  });

  test('of an order that the database does not know comes again, and is parked at its fifth receive', async () => {
    const process = world.process();
    const body = JSON.stringify({ version: 1, orderId: randomUUID(), epoch: 1 });
    await process.queue.send([{ id: '0', body, attributes: {} }]);
    await process.consume();
    expect(process.queue.messages.size).toBe(1);
    for (const [receipt, message] of process.queue.messages) {
      process.queue.messages.set(receipt, { ...message, receiveCount: 5 });
    }
    await world.process(process.lease, process.queue).consume();
    expect(process.queue.messages.size).toBe(0);
    const { rows } = await world.pool.query('SELECT code, receive_count FROM parked_messages');
    expect(rows).toEqual([{ code: 'conflict', receive_count: 5 }]);
  });

  test('that could not be parked, or was parked and not removed, is neither lost nor parked twice', async () => {
    const process = world.process();
    await process.queue.send([{ id: '0', body: '{', attributes: {} }]);
    process.database.crash = { at: 'statement', number: 2, when: 'before' };
    await process.consume();
    expect(process.queue.messages.size).toBe(1);
    const next = world.process(process.lease, process.queue);
    next.queue.remove = async () => {
      throw new Error('no answer');
    };
    await next.consume();
    expect(process.queue.messages.size).toBe(1);
    await world.process(process.lease, process.queue).consume();
    expect((await world.pool.query('SELECT id FROM parked_messages')).rows).toHaveLength(1);
  });

  test('goes back at once when the lease ends while it is worked', async () => {
    const process = await ordered(1);
    await process.relay.relay();
    process.database.after = {
      statement: /INSERT INTO effects/,
      run: () => {
        process.lease.held = false;
      },
    };
    await process.consume();
    expect(await process.counts()).toMatchObject({ effects: 0, open: 1 });
    expect(process.queue.released).toBe(1);
  });
});

test('a worker whose Region is not active neither relays nor consumes', async () => {
  const process = await ordered(1);
  process.lease.held = false;
  expect(await process.relay.relay()).toBe(false);
  expect(process.queue.messages.size).toBe(0);
  process.queue.receive = async () => {
    throw new Error('must not receive');
  };
  expect(await process.consume()).toBe(false);
});

test('a worker of a fenced epoch changes nothing', async () => {
  const process = await ordered(1);
  await process.relay.relay();
  await world.process(new TestLease(2)).order('newer');
  await process.consume();
  expect(await process.counts()).toMatchObject({ effects: 0, open: 2 });
  expect(process.queue.messages.size).toBe(1);
});
