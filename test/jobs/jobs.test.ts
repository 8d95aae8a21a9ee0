import { randomUUID } from 'node:crypto';
import { jobTotals, listJobs, replayJobs, showJob, viewQueues } from '../../lib/jobs';
import { OrdersWorld, TestLease } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';
import { ACTIVE, asks, JobsWorld, OLD } from './jobs-world';

jest.setTimeout(120_000);

let database: TestDatabase;
let orders: OrdersWorld;
let world: JobsWorld;

beforeAll(async () => {
  database = await startDatabase([ACTIVE]);
  orders = new OrdersWorld(database, ACTIVE);
});
beforeEach(async () => {
  await orders.reset();
  world = new JobsWorld(orders);
});
afterAll(async () => {
  await orders.pool.close();
  await database.stop();
});

const worker = (epoch = 1, region = ACTIVE) => orders.process(new TestLease(epoch), world.queue(region));
const all = { filter: {}, maximum: 100 };

/** Whether a connection waits for a lock. */
async function somebodyWaits(): Promise<boolean> {
  const { rows } = await orders.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

async function ordered(count: number, process = worker()) {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await process.order(`key-${index}`)).order.id);
  return ids;
}

test('a job that is done shows its attempt, with message, epoch, Region, worker and correlation id', async () => {
  const process = worker();
  const [id = ''] = await ordered(1, process);
  await process.relay.relay();
  const [copy] = process.queue.messages.values();
  await process.consume();
  if (copy !== undefined) process.queue.messages.set(copy.receipt, copy);
  await worker().consume();
  const { context } = world.operator(1);
  const shown = await showJob(context, id);
  expect(shown?.attempts.map(({ outcome }) => outcome)).toEqual(['done', 'duplicate']);
  expect(shown?.attempts[0]).toMatchObject({
    kind: 'fulfil',
    messageId: copy?.messageId,
    epoch: 1,
    region: ACTIVE,
    worker: 'test',
    correlationId: 'correlation-key-0',
    code: null,
  });
  expect(shown?.attempts[0]?.endedAt.getTime()).toBeGreaterThanOrEqual(
    shown?.attempts[0]?.startedAt.getTime() ?? Number.NaN,
  );
  expect(shown?.owed).toMatchObject({ epochSent: 1, closedEpoch: 1 });
  const { rows } = await orders.pool.query('SELECT count(*)::int AS count FROM job_attempts');
  expect(rows).toEqual([{ count: 2 }]);
});

test('history and effect stand together or not at all', async () => {
  const process = worker();
  const [id = ''] = await ordered(1, process);
  await process.relay.relay();
  process.database.crash = { at: 'statement', number: 4, when: 'before' };
  await process.consume();
  const { context } = world.operator(1);
  expect((await showJob(context, id))?.attempts.filter(({ outcome }) => outcome === 'done')).toEqual([]);
  expect((await process.counts()).effects).toBe(0);
});

test('failed, parked, owed: each is listed where it stands, and filters narrow', async () => {
  const process = worker();
  const unknown = randomUUID();
  await world.put(ACTIVE, 'work', asks(unknown), '{"password":"hunter2"}');
  await process.consume();
  const [owed = ''] = await ordered(1, process);
  const { context } = world.operator(1);
  const states = async (filter: object) =>
    (await listJobs(context, filter, 50)).map(({ id, state }) => [id, state]);
  expect(await states({ state: 'failed' })).toEqual([[unknown, 'failed']]);
  expect(await states({ state: 'owed' })).toEqual([[owed, 'owed']]);
  expect(await states({ state: 'parked', contains: 'HUNTER' })).toHaveLength(1);
  expect(await states({ contains: unknown })).toEqual([[unknown, 'failed']]);
  expect(await states({ kind: 'fulfil' })).toHaveLength(2);
  expect(await states({ region: OLD })).toEqual([]);
  expect(await states({ since: new Date(Date.now() + 60_000) })).toEqual([]);
  expect(await states({ until: new Date(Date.now() - 60_000) })).toEqual([]);
  expect(await listJobs(context, {}, 2)).toHaveLength(2);
  const totals = { owed: 1, unsent: 1, unsentLate: 0, parked: 1, failed: 1 };
  expect(await jobTotals(context.database, 1)).toMatchObject(totals);
  await context.database.query(
    "UPDATE outbox SET created_at = now() - interval '6 seconds' WHERE closed_at IS NULL",
  );
  expect(await jobTotals(context.database, 1)).toMatchObject({ ...totals, unsentLate: 1 });
});

test('what is shown of a message holds no secret', async () => {
  await world.put(ACTIVE, 'work', '{"password":"hunter2"}');
  await worker().consume();
  const { context } = world.operator(1);
  const [job] = await listJobs(context, { state: 'parked' }, 1);
  const shown = await showJob(context, job?.messageId ?? '');
  expect(shown?.parked[0]?.body).toContain('password');
  expect(JSON.stringify(shown)).not.toContain('hunter2');
});

test('a parked message is sent once more under the present epoch and its first key, and by one operator only', async () => {
  const [id = ''] = await ordered(1);
  await world.put(ACTIVE, 'work', '{"no":"order"}');
  await worker().consume();
  const { rows } = await orders.pool.query<{ id: string }>('SELECT id FROM parked_messages');
  const message = rows[0]?.id ?? '';
  await orders.pool.query('UPDATE parked_messages SET body = $1', [asks(id)]);
  // Raised before, so that the operators meet at the message and not at the fence.
  await orders.pool.query('UPDATE fence SET epoch = 7');
  const operators = ['ada', 'bob'].map(name => world.operator(7, name));
  const [ada, bob] = operators as [(typeof operators)[0], (typeof operators)[0]];
  const request = { ...all, ids: [message], reason: 'fixed' };
  let second: ReturnType<typeof replayJobs> | undefined;
  // Bob comes when Ada has read the row, and gets as far as he can.
  const run = async () => {
    let ended = false;
    second = replayJobs(bob.context, request).finally(() => {
      ended = true;
    });
    while (!ended && !(await somebodyWaits()));
  };
  ada.database.after = { statement: /FROM parked_messages/, run };
  const reports = [await replayJobs(ada.context, request), await second].filter(
    report => report !== undefined,
  );
  const results = reports.flatMap(({ jobs }) => jobs.map(({ result }) => result)).sort();
  expect(results).toEqual(['already', 'replayed']);
  const sent = [...world.queue(ACTIVE).messages.values()];
  expect(sent).toHaveLength(1);
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ version: 1, orderId: id, epoch: 7 });
  expect(sent[0]?.attributes).toEqual({
    correlationId: 'c-put',
    epoch: '7',
    idempotencyKey: message,
    replayOf: message,
  });
  const shown = await showJob(ada.context, message);
  expect(shown?.parked[0]).toMatchObject({ replayReason: 'fixed', replayedEpoch: 7 });
  expect(['ada', 'bob']).toContain(shown?.parked[0]?.replayedBy);
  await worker(7).consume();
  expect(await worker().counts()).toMatchObject({ effects: 1, open: 0 });
});

test('an order that is done is not done twice; one that is owed is sent again by the relay', async () => {
  const process = worker();
  const [done = ''] = await ordered(1, process);
  await process.relay.relay();
  await process.consume();
  const [owed = ''] = [(await process.order('lost')).order.id];
  await process.relay.relay();
  process.queue.messages.clear();
  const { context } = world.operator(1);
  const report = await replayJobs(context, { ...all, ids: [done, owed, randomUUID(), 'no-id'] });
  expect(report.jobs.map(({ result }) => result)).toEqual(['done', 'replayed', 'unknown', 'unknown']);
  expect((await replayJobs(context, { ...all, ids: [owed] })).jobs[0]?.result).toBe('already');
  await process.relay.relay();
  await process.consume();
  expect(await process.counts()).toMatchObject({ effects: 2, open: 0 });
});

test('stranded: seen in the old Region and in dead letters, brought home by what the database says', async () => {
  const old = worker(1, OLD);
  const [done = '', owed = ''] = await ordered(2, old);
  await old.relay.relay();
  await world.put(ACTIVE, 'work', asks(done));
  await worker(2).consume();
  await world.put(OLD, 'dead', asks(randomUUID()), 'no sense');
  const { context, told } = world.operator(2);
  const listed = await listJobs(context, { state: 'stranded' }, 50);
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([done, owed]));
  expect(listed).toHaveLength(4);
  expect(world.queue(OLD).messages.size).toBe(2);
  expect(await listJobs(context, { state: 'stranded' }, 50)).toHaveLength(4);
  expect(await listJobs(context, { state: 'stranded' }, 1)).toHaveLength(1);
  const report = await replayJobs(context, { filter: { state: 'stranded' }, maximum: 3 });
  expect(report).toMatchObject({ bounded: true, interrupted: false });
  const rest = await replayJobs(context, { filter: { state: 'stranded' }, maximum: 3 });
  expect([...report.jobs, ...rest.jobs].map(({ result }) => result).sort()).toEqual([
    'done',
    'parked',
    'parked',
    'replayed',
  ]);
  expect(told.some(text => text.includes(owed))).toBe(true);
  expect(world.queue(OLD).messages.size + world.queue(OLD, 'dead').messages.size).toBe(0);
  const process = worker(2);
  await process.relay.relay();
  await process.consume();
  expect(await process.counts()).toMatchObject({ effects: 2, open: 0 });
  expect((await showJob(context, done))?.attempts.map(({ outcome }) => outcome)).toContain('dropped');
  expect(await jobTotals(context.database, 2)).toMatchObject({ owed: 0, parked: 2 });
});

test('a Region that does not answer is unknown, and not empty', async () => {
  world.lost.add(OLD);
  const { context } = world.operator(2);
  const views = await viewQueues(context);
  expect(views.filter(({ region }) => region === OLD)).toEqual([
    { region: OLD, kind: 'work', problem: `${OLD} does not answer` },
    { region: OLD, kind: 'dead', problem: `${OLD} does not answer` },
  ]);
  expect(views.filter(({ counts }) => counts !== undefined)).toHaveLength(2);
  await expect(listJobs(context, { state: 'stranded' }, 5)).rejects.toThrow('does not answer');
});

test('a replay whose Region is no longer active changes nothing', async () => {
  const [id = ''] = await ordered(1);
  await worker().relay.relay();
  world.queue(ACTIVE).messages.clear();
  const late = world.operator(1);
  late.lease.held = false;
  expect((await replayJobs(late.context, { ...all, ids: [id] })).jobs[0]).toMatchObject({ result: 'failed' });
  await worker(2).order('newer');
  const fenced = world.operator(1);
  await world.put(OLD, 'work', asks(id));
  const reports = [
    await replayJobs(fenced.context, { ...all, ids: [id] }),
    await replayJobs(fenced.context, { filter: { state: 'stranded' }, maximum: 5 }),
  ];
  for (const { jobs } of reports) expect(jobs[0]?.reason).toContain('epoch 1 is over');
  expect(world.queue(OLD).messages.size).toBe(1);
  expect((await showJob(fenced.context, id))?.owed?.epochSent).toBe(1);
});

test('an interrupt ends a replay between two jobs, and the same command takes the rest', async () => {
  const process = worker();
  await ordered(4, process);
  await process.relay.relay();
  process.queue.messages.clear();
  const interrupt = new AbortController();
  const { context } = world.operator(1, 'ada', interrupt.signal);
  const output = { emit: () => interrupt.abort() };
  const first = await replayJobs({ ...context, output }, { filter: { state: 'owed' }, maximum: 10 });
  expect(first).toMatchObject({ interrupted: true, jobs: [{ result: 'replayed' }] });
  const next = await replayJobs(world.operator(1).context, { filter: { state: 'owed' }, maximum: 10 });
  expect(next.jobs.map(({ result }) => result)).toEqual(['replayed', 'replayed', 'replayed']);
});
