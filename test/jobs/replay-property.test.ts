import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type JobFilter, replayJobs } from '../../lib/jobs';
import { OrdersWorld, TestLease } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';
import { ACTIVE, asks, JobsWorld, OLD } from './jobs-world';

jest.setTimeout(900_000);

/** More with HOLDFAST_PROVE=1. */
const RUNS = process.env.HOLDFAST_PROVE === '1' ? 500 : 12;
const ORDERS = 5;

let database: TestDatabase;
let orders: OrdersWorld;

beforeAll(async () => {
  database = await startDatabase([ACTIVE]);
  orders = new OrdersWorld(database, ACTIVE);
});
afterAll(async () => {
  await orders.pool.close();
  await database.stop();
});

/** What became of an order before the move, and of its message. */
const fate = fc.constantFrom('unsent', 'stranded', 'dead', 'done and stranded', 'parked', 'lost');
const fault = fc.oneof(
  fc.constant(undefined),
  fc.record({
    call: fc.constantFrom('send' as const, 'remove' as const, 'receive' as const),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  fc.record({
    at: fc.constant('statement' as const),
    number: fc.integer({ min: 1, max: 6 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  fc.record({ at: fc.constant('committed' as const) }),
);
const step = fc.record({
  state: fc.constantFrom('ids' as const, 'parked' as const, 'owed' as const, 'stranded' as const),
  chosen: fc.subarray([...Array(ORDERS).keys()]),
  operators: fc.integer({ min: 1, max: 3 }),
  maximum: fc.integer({ min: 1, max: 10 }),
  fault,
  /** Whether relay and worker run after it. */
  works: fc.boolean(),
});
const history = fc.record({
  fates: fc.array(fate, { minLength: ORDERS, maxLength: ORDERS }),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;
type Step = History['steps'][number];

async function begin(world: JobsWorld, fates: readonly string[]): Promise<string[]> {
  const old = orders.process(new TestLease(1), world.queue(OLD));
  const ids: string[] = [];
  for (const [index, what] of fates.entries()) {
    const { id } = (await old.order(`key-${index}`)).order;
    ids.push(id);
    if (what === 'unsent') continue;
    const body = asks(id);
    await orders.pool.query('UPDATE outbox SET epoch_sent = 1 WHERE order_id = $1', [id]);
    if (what === 'done and stranded') {
      const queue = orders.process(new TestLease(1));
      await queue.queue.send([{ id: '0', body, attributes: {} }]);
      await queue.consume();
    }
    if (what.endsWith('stranded')) await world.put(OLD, 'work', body);
    if (what === 'dead') await world.put(ACTIVE, 'dead', body);
    if (what === 'parked') await park(body);
  }
  return ids;
}

const park = (body: string) =>
  orders.pool.query(
    `INSERT INTO parked_messages (queue, id, region, body, attributes, reason, code, receive_count, correlation_id)
     VALUES ('q', $1, 'r', $2, '{}', 'why', 'conflict', 5, 'c')`,
    [randomUUID(), body],
  );

async function perform(world: JobsWorld, ids: readonly string[], now: Step): Promise<void> {
  const request = {
    ...(now.state === 'ids' ? { ids: now.chosen.map(index => ids[index] ?? '') } : {}),
    filter: (now.state === 'ids' ? {} : { state: now.state }) as JobFilter,
    maximum: now.maximum,
  };
  const operators = Array.from({ length: now.operators }, (_, index) => world.operator(2, `op-${index}`));
  if (now.fault !== undefined && 'call' in now.fault) world.fault = now.fault;
  else if (operators[0] !== undefined) operators[0].database.crash = now.fault;
  await Promise.all(operators.map(({ context }) => replayJobs(context, request).catch(() => undefined)));
  world.fault = undefined;
  await world.later();
  if (now.works) await work(world, ids);
}

/** Relay and worker of the active Region, until only what can never be worked is left. */
async function work(world: JobsWorld, ids: readonly string[]): Promise<void> {
  const queue = world.queue(ACTIVE);
  while (await orders.process(new TestLease(2), queue).relay.relay());
  const workable = () => [...queue.messages.values()].some(({ body }) => ids.some(id => body.includes(id)));
  // A worker anew each time: one whose messages all fail rests longer and longer.
  for (let round = 0; round < 20 && workable(); round += 1) {
    await orders.process(new TestLease(2), queue).consume();
  }
}

async function effects(): Promise<Map<string, number>> {
  const { rows } = await orders.pool.query<{ id: string; count: number }>(
    'SELECT order_id::text AS id, count(*)::int AS count FROM effects GROUP BY 1',
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

async function check({ fates, steps }: History): Promise<void> {
  await orders.reset();
  const world = new JobsWorld(orders);
  const ids = await begin(world, fates);
  // Named by nothing in the database: lost with a Region. It must not be lost again.
  const foreign = asks();
  await world.put(OLD, 'work', foreign);
  for (const now of steps) {
    await perform(world, ids, now);
    for (const count of (await effects()).values()) expect(count).toBe(1);
    const { rows } = await orders.pool.query('SELECT 1 FROM parked_messages WHERE body = $1', [foreign]);
    const elsewhere = [OLD, ACTIVE].flatMap(region =>
      [...world.queue(region).messages.values()].map(
        ({ body }) => (JSON.parse(body) as { orderId: string }).orderId,
      ),
    );
    const { orderId } = JSON.parse(foreign) as { orderId: string };
    expect(rows.length > 0 || elsewhere.includes(orderId)).toBe(true);
  }
  await work(world, ids);
  const done = await effects();
  expect(ids.map(id => done.get(id))).toEqual(ids.map(() => 1));
}

test('replays of any jobs in any order, twice, at once, with crashes: no effect twice, nothing lost', async () => {
  await fc.assert(fc.asyncProperty(history, check), { numRuns: RUNS });
});
