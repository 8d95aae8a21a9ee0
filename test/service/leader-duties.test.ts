import { randomUUID } from 'node:crypto';
import { waitFor } from '../../lib/lab/wait-for';
import { type Clock, systemClock } from '../../lib/runtime/clock';
import type { Queryable } from '../../lib/runtime/database/database';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';
import { leaderDuties, PURGE_BATCH } from '../../lib/service/leader/leader-duties';
import { MOST_REDRIVES, sweepStalledOrders } from '../../lib/service/leader/leader-sweep';
import { DEFAULT_CONFIG } from '../../lib/service/service-config';
import { OrdersWorld, TestLease, type TestProcess, TestQueue } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
/** A lease of one second. */
const TIME_SCALE = 30;
let database: TestDatabase;
let world: OrdersWorld;
let ends: Array<() => Promise<void>> = [];

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(async () => {
  await world.reset();
  await world.pool.query('TRUNCATE leader_leases, leader_fences, leader_slots');
});
afterEach(async () => {
  await Promise.all(ends.map(end => end()));
  ends = [];
});
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

/** The machine's clock, and a process that may be stopped as SIGSTOP stops it: it does nothing, and learns of nothing. */
class StoppableClock implements Clock {
  private stoppedAt: number | undefined;
  now = () => systemClock.now();
  monotonic = () => this.stoppedAt ?? systemClock.monotonic();
  async sleep(milliseconds: number, signal?: AbortSignal) {
    await systemClock.sleep(milliseconds, signal);
    while (this.stoppedAt !== undefined) await systemClock.sleep(5, signal);
  }
  stop() {
    this.stoppedAt = this.monotonic();
  }
}

function candidate(
  process: TestProcess = world.process(),
  config: object = {},
  database: Queryable = world.pool,
) {
  const lines: Array<Record<string, unknown>> = [];
  const clock = new StoppableClock();
  const logger = jsonLogger({ clock, write: line => lines.push(JSON.parse(line)), base: {} });
  const parts = {
    activation: process.lease.activation,
    database,
    fenced: process.fenced,
    environment: { application: 'orders', region: REGION, timeScale: TIME_SCALE },
    config: { value: { ...DEFAULT_CONFIG, ...config } },
    shards: { directory: {} },
    ...{ clock, logger },
  };
  const duties = leaderDuties(parts as never, randomUUID());
  const controller = new AbortController();
  let running: Promise<void> | undefined;
  const end = async () => {
    controller.abort();
    await running;
  };
  ends.push(end);
  return {
    ...{ duties, clock, end, lines, process },
    start: () => {
      running = duties.run(controller.signal);
    },
    token: () => duties.election.current()?.token,
  };
}

const until = (what: string, look: () => boolean | Promise<boolean>) =>
  waitFor(async () => look(), { clock: systemClock, timeout: 30_000, what });
const never = new AbortController().signal;

/** Keys that expired before this moment, and one that did not. */
const expireKeys = (count: number) =>
  world.pool.query(
    `INSERT INTO idempotency_keys (key_hash, request_hash, response, expires_at)
      SELECT 'old-' || n, '', '{}'::json, now() - interval '1 hour' FROM generate_series(1, $1) n
      UNION ALL SELECT 'young', '', '{}', now() + interval '1 hour' ON CONFLICT DO NOTHING`,
    [count],
  );
const keys = async () => (await world.pool.query('SELECT key_hash FROM idempotency_keys')).rowCount;

describe('of several processes', () => {
  test('one leads; when it is stopped without a word another takes over, and its late write is refused', async () => {
    const all = [candidate(), candidate(), candidate()];
    for (const { start } of all) start();
    await until('a leader', () => all.some(({ token }) => token() !== undefined));
    const first = all.find(({ token }) => token() !== undefined) as (typeof all)[number];
    const others = all.filter(one => one !== first);
    expect(others.map(({ token }) => token())).toEqual([undefined, undefined]);
    await until('its first purge', () => first.lines.some(({ task }) => task === 'purge'));
    first.clock.stop();
    await until('another leader', () => others.some(({ token }) => token() !== undefined));
    const second = others.find(({ token }) => token() !== undefined) as (typeof all)[number];
    expect(second.token()?.term).toBe((first.token()?.term ?? 0) + 1);
    await world.pool.query('DELETE FROM leader_slots');
    await until('a duty of the new leader', () => second.lines.some(({ task }) => task === 'sweep'));
    // It still believes: its clock stands. The database does not.
    expect(first.token()).toBeDefined();
    await expireKeys(1);
    await world.pool.query('DELETE FROM leader_slots');
    await expect(first.duties.purge.turn(never)).rejects.toMatchObject({ code: 'fenced' });
    expect(await keys()).toBe(2);
  });

  test('one that stops hands over at once: nobody waits for its lease', async () => {
    const first = candidate();
    first.start();
    await until('the leader', () => first.token() !== undefined);
    const second = candidate();
    second.start();
    await until('a look of the second', async () => (await duty('sweep')) > 0);
    await first.end();
    // Given back: who comes next need not wait for the lease to end.
    const { rows } = await world.pool.query('SELECT holder FROM leader_leases');
    expect(rows).toEqual([{ holder: null }]);
    expect(
      first.lines.filter(({ message }) => message === 'leader.changed').map(({ leads }) => leads),
    ).toEqual(['epoch 1, term 1', 'not']);
    expect(first.lines.filter(({ Leaders }) => Leaders !== undefined).map(({ Leaders }) => Leaders)).toEqual([
      1, 0,
    ]);
    await until('the second', () => second.token() !== undefined);
    expect(second.token()).toEqual({ epoch: 1, term: 2 });
  });

  test('one that cannot reach the lease goes on trying, harms nothing else, and stops when it is told to', async () => {
    const query = () => Promise.reject(new Error('connection refused'));
    const { start, lines, token, end, duties } = candidate(world.process(), {}, { query });
    start();
    await until(
      'three attempts',
      () => lines.filter(({ message }) => message === 'leader.unreachable').length > 2,
    );
    expect(token()).toBeUndefined();
    expect(await duties.purge.turn(never)).toBe('idle');
    await end();
  });

  test('none leads where the Region is not active, and a raise of the epoch ends a tenure at once', async () => {
    const [east, west] = [candidate(), candidate(world.process(new TestLease(1, false)))];
    for (const { start } of [east, west]) start();
    await until('the leader', () => east.token() !== undefined);
    expect(west.token()).toBeUndefined();
    east.process.lease.held = false;
    expect(east.token()).toBeUndefined();
    west.process.lease.epoch = 2;
    west.process.lease.held = true;
    await until('the leader of the new epoch', () => west.token() !== undefined);
    expect(west.token()?.epoch).toBe(2);
    east.process.lease.held = true;
    await until('the old one to try in vain', () => east.lines.some(({ leads }) => leads === 'not'));
    expect(await east.duties.sweep.turn(never).catch(({ code }) => code)).not.toBe('done');
  });
});

const duty = async (task: string) =>
  (await world.pool.query('SELECT 1 FROM leader_slots WHERE task = $1', [task])).rowCount;

/** A leader whose duties a test works by hand. */
async function leader(process: TestProcess = world.process(), config: object = {}) {
  const one = candidate(process, config);
  await world.pool.query(
    `INSERT INTO leader_slots VALUES ('purge', 9007199254740991), ('sweep', 9007199254740991)`,
  );
  one.start();
  await until('the leader', () => one.token() !== undefined);
  await world.pool.query('DELETE FROM leader_slots');
  return one;
}

test('purging goes on in short transactions until nothing is left, and leaves what is not expired', async () => {
  await expireKeys(2 * PURGE_BATCH + 5);
  const { start, lines, token } = candidate();
  start();
  await until('the purge', () =>
    lines.some(line => line.message === 'leader-task.done' && line.task === 'purge'),
  );
  expect(await keys()).toBe(1);
  expect(token()).toBeDefined();
  const batches = lines.filter(({ DutyDuration }) => DutyDuration !== undefined);
  expect(batches.length).toBeGreaterThanOrEqual(3);
  expect(batches[0]).toMatchObject({ DutyFailures: 0, Application: 'orders', Region: REGION });
});

describe('a sweep', () => {
  const sweep = (options: object = {}) =>
    world.pool.transaction((transaction: Queryable) =>
      sweepStalledOrders(transaction, { epoch: 1, stalledSeconds: 60, redrive: true, ...options }),
    );
  const age = (seconds: number) =>
    world.pool.query(
      `UPDATE outbox SET created_at = now() - make_interval(secs => $1), sent_at = sent_at - make_interval(secs => $1)`,
      [seconds],
    );

  test('has what the queue lost sent again, and it is fulfilled once, whatever the queue finds after all', async () => {
    const queue = new TestQueue();
    const process = world.process(new TestLease(), queue);
    const { order } = await process.order('a');
    await process.relay.relay();
    const lost = [...queue.messages.entries()];
    queue.messages.clear();
    expect(await sweep()).toMatchObject({ stalled: 0, redriven: [] });
    await age(61);
    expect(await sweep()).toMatchObject({ stalled: 1, unsent: 0, redriven: [order.id] });
    // Twice changes nothing: it is due already.
    expect(await sweep()).toMatchObject({ stalled: 1, unsent: 1, redriven: [] });
    await process.relay.relay();
    for (const [receipt, message] of lost) queue.messages.set(receipt, message);
    expect(queue.messages.size).toBe(2);
    while (queue.messages.size > 0) await process.consume();
    expect(await process.counts()).toMatchObject({ effects: 1, open: 0 });
    expect(await sweep()).toMatchObject({ stalled: 0, oldestSeconds: 0 });
  });

  test('waits twice as long each time, and then calls for a person', async () => {
    const process = world.process();
    const { order } = await process.order('a');
    for (let time = 0; time < MOST_REDRIVES; time += 1) {
      await process.relay.relay();
      await age(60 * 2 ** time - 5);
      expect((await sweep()).redriven).toEqual([]);
      await age(10);
      expect((await sweep()).redriven).toEqual([order.id]);
    }
    await process.relay.relay();
    await age(1_000_000);
    expect(await sweep()).toMatchObject({ redriven: [], abandoned: 1, forPeople: [order.id] });
  });

  test('leaves to people what was parked, and to the relay what an older epoch sent', async () => {
    const process = world.process();
    const { order } = await process.order('a');
    await process.relay.relay();
    await age(3600);
    expect((await sweep({ epoch: 2 })).redriven).toEqual([]);
    await world.pool.query(
      `INSERT INTO job_attempts (job_id, kind, epoch, region, worker, correlation_id, started_at, outcome)
        SELECT $1, 'fulfil', 1, '', '', '', now(), outcome FROM unnest(ARRAY['failed', 'parked']) outcome`,
      [order.id],
    );
    expect(await sweep()).toMatchObject({ redriven: [], parked: 1, forPeople: [order.id] });
    await world.pool.query(
      `INSERT INTO job_attempts (job_id, kind, epoch, region, worker, correlation_id, started_at, outcome)
        VALUES ($1, 'fulfil', 1, '', '', '', now(), 'replayed')`,
      [order.id],
    );
    expect(await sweep()).toMatchObject({ redriven: [order.id], parked: 0 });
  });

  test('counts the orders whose sagas do not end', async () => {
    await world.pool.query('TRUNCATE sagas CASCADE');
    await world.pool.query(
      `INSERT INTO sagas (id, name, input, correlation_id, status, direction, step, attempts, reached, moved, outcomes, epoch,
          created_at)
        SELECT status || age, 'payment', '{}', '', status, 'take', 0, 0, 0, false, '[]', 1, now() - make_interval(secs => age)
        FROM unnest(ARRAY['running', 'stuck', 'done']) status, unnest(ARRAY[30, 90]) age`,
    );
    expect(await sweep()).toMatchObject({ stalled: 0, sagas: 2 });
    await world.pool.query('TRUNCATE sagas CASCADE');
  });

  test.each([
    [false, 1],
    [true, 0],
  ])(
    'by the leader, with fulfilment paused: %s, tells and has %d sent again',
    async (fulfilmentPaused, again) => {
      const process = world.process();
      await process.order('a');
      await process.relay.relay();
      await age(3600);
      const { duties, lines } = await leader(process, { fulfilmentPaused });
      await until('the sweep', async () => {
        await duties.sweep.turn(never);
        return lines.some(({ StalledOrders }) => StalledOrders !== undefined);
      });
      expect(lines.find(({ message }) => message === 'orders.stalled')).toMatchObject({
        level: 'warn',
        stalled: 1,
        redriven: again,
      });
      expect(lines.find(({ StalledOrders }) => StalledOrders !== undefined)).toMatchObject({
        StalledOrders: 1,
        RedrivenOrders: again,
      });
    },
  );
});
