import { OrdersWorld, TestLease } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
const NOTHING = { orders: 0, keys: 0, outbox: 0, effects: 0, open: 0 };
const ONE = { orders: 1, keys: 1, outbox: 1, effects: 0, open: 1 };
const code = (expected: string) => expect.objectContaining({ code: expected });

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

describe('an order', () => {
  test('is one transaction: order, key and outbox row', async () => {
    const process = world.process();
    const { order, replayed } = await process.order('a', 3);
    expect(order).toEqual({
      id: expect.any(String),
      item: 'nut',
      quantity: 3,
      status: 'accepted',
      epoch: 1,
      region: REGION,
    });
    expect(replayed).toBe(false);
    expect(await process.counts()).toEqual(ONE);
    const { rows } = await world.pool.query('SELECT correlation_id FROM outbox');
    expect(rows).toEqual([{ correlation_id: 'correlation-a' }]);
  });

  test('repeated under its key gives the first answer, to the letter, and nothing new', async () => {
    const process = world.process();
    const first = await process.order('a');
    const second = await process.order('a');
    expect(JSON.stringify(second.order)).toBe(JSON.stringify(first.order));
    expect(second.replayed).toBe(true);
    expect(await process.counts()).toEqual(ONE);
  });

  test('with another body under the same key is refused', async () => {
    const process = world.process();
    await process.order('a', 1);
    await expect(process.order('a', 2)).rejects.toThrow(code('key-reused'));
    expect(await process.counts()).toEqual(ONE);
  });

  test('under an expired key is a new order', async () => {
    const process = world.process();
    const first = await process.order('a', 1);
    await world.pool.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    const second = await process.order('a', 2);
    expect(second.replayed).toBe(false);
    expect(second.order.id).not.toBe(first.order.id);
    expect((await process.order('a', 2)).order.id).toBe(second.order.id);
  });

  test('sent by many processes at once under one key is one order', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.process().order('a')));
    expect(new Set(answers.map(answer => answer.order.id)).size).toBe(1);
    expect(answers.filter(answer => !answer.replayed)).toHaveLength(1);
    expect(await world.process().counts()).toEqual(ONE);
  });
});

describe('a crash', () => {
  test('at any point leaves all of the order or nothing, and the client that repeats gets one order', async () => {
    const probe = world.process();
    await probe.order('probe');
    const { statements } = probe.database;
    expect(statements).toBeGreaterThanOrEqual(4);
    for (let number = 1; number <= statements; number += 1) {
      for (const when of ['before', 'after'] as const) {
        await world.reset();
        const process = world.process();
        process.database.crash = { at: 'statement', number, when };
        await expect(process.order('a')).rejects.toThrow();
        expect(await process.counts()).toEqual(NOTHING);
        expect((await process.order('a')).replayed).toBe(false);
        expect(await process.counts()).toEqual(ONE);
      }
    }
  });

  test('after COMMIT leaves the order, and the client that repeats gets it', async () => {
    const process = world.process();
    process.database.crash = { at: 'committed' };
    await expect(process.order('a')).rejects.toThrow(code('unavailable'));
    expect((await process.order('a')).replayed).toBe(true);
    expect(await process.counts()).toEqual(ONE);
  });

  test('of the connection in the middle is survived by the process', async () => {
    const process = world.process();
    process.database.after = {
      statement: /INSERT INTO orders/,
      run: async () => {
        await database.global
          .server(REGION)
          .query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'`,
          );
      },
    };
    await expect(process.order('a')).rejects.toThrow(code('unavailable'));
    expect(await process.counts()).toEqual(NOTHING);
    expect((await process.order('a')).replayed).toBe(false);
  });
});

describe('the lease', () => {
  test('that ends before COMMIT rolls everything back', async () => {
    const process = world.process();
    process.database.after = {
      statement: /INSERT INTO outbox/,
      run: () => {
        process.lease.held = false;
      },
    };
    await expect(process.order('a')).rejects.toThrow(code('not-active'));
    expect(await process.counts()).toEqual(NOTHING);
  });

  test('that ends between COMMIT and the answer gives no acknowledgement; the repetition is answered later', async () => {
    const process = world.process();
    process.database.onCommitted = () => {
      process.lease.held = false;
    };
    await expect(process.order('a')).rejects.toThrow(code('not-active'));
    expect(await process.counts()).toEqual(ONE);
    await expect(process.order('a')).rejects.toThrow(code('not-active'));
    process.lease.held = true;
    expect((await process.order('a')).replayed).toBe(true);
    expect(await process.counts()).toEqual(ONE);
  });

  test('of another epoch than the transaction began with acknowledges nothing', async () => {
    const process = world.process();
    process.database.after = {
      statement: /INSERT INTO outbox/,
      run: () => {
        process.lease.epoch = 3;
      },
    };
    await expect(process.order('a')).rejects.toThrow(code('not-active'));
    expect(await process.counts()).toEqual(NOTHING);
  });
});

describe('the fence in the database', () => {
  test('is raised by the first transaction of a new epoch and never lowered', async () => {
    await world.process(new TestLease(4)).order('a');
    expect(await world.fence()).toBe(4);
    await expect(world.process(new TestLease(3)).order('b')).rejects.toThrow(code('fenced'));
    expect(await world.fence()).toBe(4);
  });

  test('refuses a writer of an older epoch that still believes in its lease, replays included', async () => {
    const old = world.process(new TestLease(1));
    await old.order('a');
    await world.process(new TestLease(2)).order('b');
    await expect(old.order('c')).rejects.toThrow(code('fenced'));
    await expect(old.order('a')).rejects.toThrow(code('fenced'));
    expect((await old.counts()).orders).toBe(2);
  });

  test('is not raised by a transaction that rolls back', async () => {
    const process = world.process(new TestLease(5));
    process.database.crash = { at: 'statement', number: 4, when: 'after' };
    await expect(process.order('a')).rejects.toThrow();
    expect(await world.fence()).toBe(0);
    await process.order('a');
    expect(await world.fence()).toBe(5);
  });

  test('lets many first writers of a new epoch in without a deadlock', async () => {
    const writers = Array.from({ length: 8 }, () => world.process(new TestLease(9)));
    await Promise.all(writers.map((writer, index) => writer.order(`key-${index}`)));
    expect((await world.process().counts()).orders).toBe(8);
  });

  test('waits for a transaction of the old epoch that is about to commit', async () => {
    const old = world.process(new TestLease(1));
    await old.order('first');
    let raised: Promise<unknown> = Promise.resolve();
    let seen = '';
    old.database.after = {
      statement: /INSERT INTO outbox/,
      run: async () => {
        raised = world.process(new TestLease(2)).order('new');
        seen = await Promise.race([raised.then(() => 'overtaken'), somebodyWaits().then(() => 'waits')]);
      },
    };
    await old.order('old');
    await raised;
    expect(seen).toBe('waits');
    expect(await world.fence()).toBe(2);
    expect((await old.counts()).orders).toBe(3);
  });
});

/** Resolves when a session of the database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
  while ((await world.pool.query(waiting)).rowCount === 0) await new Promise(setImmediate);
}

describe('a ledger', () => {
  test('is read by number, page by page, and shows duplicates of a number together', async () => {
    const process = world.process();
    const numbers = [0, 1, 2, 2, 2, 3, 5];
    for (const [index, number] of numbers.entries()) {
      await process.orders.accept({
        request: { item: 'nut', quantity: 1, ledger: 'one', number },
        idempotencyKey: `key-${index}`,
        correlationId: 'c',
      });
    }
    await process.order('other ledger');
    const seen: number[] = [];
    let after: number | null = -1;
    while (after !== null) {
      const page: Awaited<ReturnType<typeof process.reads.list>> = await process.reads.list('one', after, 3);
      seen.push(...page.orders.map(order => order.number));
      after = page.next;
    }
    expect(seen).toEqual(numbers);
  });

  test('an order that is not there, or cannot be, is not found', async () => {
    const { reads } = world.process();
    expect(await reads.find('00000000-0000-4000-8000-000000000000')).toBeUndefined();
    expect(await reads.find(`x' OR 1=1`)).toBeUndefined();
  });
});
