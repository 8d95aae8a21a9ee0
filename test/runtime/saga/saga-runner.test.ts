import { systemClock } from '../../../lib/runtime/clock';
import { PostgresSagaStore, startSaga } from '../../../lib/runtime/saga/postgres-saga-store';
import { Refused, type SagaCall, type SagaDefinition } from '../../../lib/runtime/saga/saga';
import { listSagas, sagaCounts, sagaHistory } from '../../../lib/runtime/saga/saga-reads';
import { SagaRunner } from '../../../lib/runtime/saga/saga-runner';
import { jsonLogger } from '../../../lib/runtime/telemetry/logger';
import { eventMetrics, readEventHealth } from '../../../lib/service/saga/saga-health';
import { OrdersWorld, TestLease } from '../../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
let database: TestDatabase;
let world: OrdersWorld;
let lines: { message: string; [field: string]: unknown }[];

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(async () => {
  lines = [];
  await world.reset();
  await world.pool.query('TRUNCATE sagas, saga_steps');
});
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

const runnerOf = (saga: SagaDefinition, worker = 'w', lease = new TestLease()) =>
  new SagaRunner({
    store: new PostgresSagaStore(world.process(lease).fenced),
    sagas: [saga],
    clock: systemClock,
    random: () => 0,
    logger: jsonLogger({ clock: systemClock, base: {}, write: line => lines.push(JSON.parse(line)) }),
    worker,
    // Pauses are due at once; leases still last long enough for the calls here.
    timeScale: 500,
  });
const start = (id: string, epoch = 1, name = 'kind') =>
  world.process(new TestLease(epoch)).fenced.run(epoch, transaction =>
    startSaga(transaction, {
      ...{ id, name, epoch, input: { id }, correlationId: `c-${id}`, mayHaveBegun: false },
    }),
  );
const due = () => world.pool.query('UPDATE sagas SET due_at = now()');

/** Two steps that write their calls down; `answer` may throw. */
function twoSteps(calls: string[], answer: (call: SagaCall) => unknown): SagaDefinition {
  const told = async (call: SagaCall) => {
    calls.push(`${call.token} ${call.direction} ${call.epoch}`);
    return answer(call);
  };
  const step = (name: string) => ({ name, action: told, compensation: told, timeoutMilliseconds: 1000 });
  return { name: 'kind', steps: [step('a'), step('b')], stuckAfter: 2 };
}

test('two runners work many sagas, each step of each once', async () => {
  const calls: string[] = [];
  const ids = Array.from({ length: 12 }, (_, index) => `saga-${index}`);
  for (const id of ids) await start(id);
  const saga = twoSteps(calls, async () => void (await systemClock.sleep(2)));
  const work = async (worker: string) => {
    const runner = runnerOf(saga, worker);
    while (await runner.turn(1));
  };
  await Promise.all([work('one'), work('two')]);
  expect(await sagaCounts(world.pool)).toEqual({ running: 0, stuck: 0, oldestSeconds: 0 });
  expect([...calls].sort()).toEqual(ids.flatMap(id => [`${id}/a/take take 1`, `${id}/b/take take 1`]).sort());
  const { rows } = await world.pool.query('SELECT DISTINCT worker FROM saga_steps');
  expect(rows).toHaveLength(2);
});

test('of two runners on one saga the other one finds nothing, and a hand that lost it records nothing', async () => {
  await start('one');
  const calls: string[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  const slow = runnerOf(
    twoSteps(calls, async ({ step }) => (step === 'a' ? held : undefined)),
    'slow',
  );
  const working = slow.turn(1);
  while (calls.length === 0) await systemClock.sleep(5);
  const other = runnerOf(
    twoSteps(calls, () => undefined),
    'other',
  );
  expect(await other.turn(1)).toBe(false);
  // Its lease runs out, as if it stood still; the other one asks again under the same token, and goes to the end.
  await world.pool.query("UPDATE sagas SET leased_until = now() - interval '1 second'");
  expect(await other.turn(1)).toBe(true);
  release();
  await working;
  expect(calls).toEqual(['one/a/take take 1', 'one/a/take take 1', 'one/b/take take 1']);
  const history = await sagaHistory(world.pool, 'one');
  expect(history?.saga.status).toBe('done');
  expect(history?.steps.map(({ worker, step, attempt }) => `${worker} ${step} ${attempt}`)).toEqual([
    'other a 2',
    'other b 1',
  ]);
});

test('a newer epoch takes a saga over at once, asks from the first step on, and fences the old hand', async () => {
  await start('moved');
  const calls: string[] = [];
  let down = true;
  const saga = twoSteps(calls, ({ step }) => {
    if (down && step === 'b') throw new Error('no answer');
  });
  await runnerOf(saga).turn(1);
  down = false;
  const raised = runnerOf(saga, 'new', new TestLease(2));
  await due();
  while (await raised.turn(2));
  expect(calls.slice(2)).toEqual(['moved/a/take take 2', 'moved/b/take take 2']);
  await start('late', 2);
  await expect(runnerOf(saga).turn(1)).rejects.toThrow(expect.objectContaining({ code: 'fenced' }));
});

test('an undoing that does not end well is stuck: told once aloud, counted, listed, and ended when it is answered', async () => {
  await start('bad');
  let down = true;
  const calls: string[] = [];
  const saga = twoSteps(calls, ({ step, direction }) => {
    if (direction === 'undo' && down) throw new Error('the other side is away');
    if (step === 'b') throw new Refused('no');
  });
  const runner = runnerOf(saga);
  for (let turn = 0; turn < 4; turn += 1) {
    await due();
    await runner.turn(1);
  }
  expect(await sagaCounts(world.pool)).toMatchObject({ running: 0, stuck: 1 });
  expect((await listSagas(world.pool, 'stuck')).map(({ id }) => id)).toEqual(['bad']);
  const aloud = lines.filter(({ message }) => message === 'saga.stuck');
  expect(aloud).toEqual([
    expect.objectContaining({ level: 'error', saga: 'bad', step: 'a', reason: 'the other side is away' }),
  ]);
  const health = await readEventHealth(world.pool);
  expect(eventMetrics(health)).toMatchObject({ StuckSagas: [1, 'Count'], OpenSagas: [1, 'Count'] });
  expect(health.sagas.oldestSeconds).toBeGreaterThan(0);
  down = false;
  await due();
  await runner.turn(1);
  expect((await sagaHistory(world.pool, 'bad'))?.saga.status).toBe('undone');
  expect(await sagaCounts(world.pool)).toMatchObject({ stuck: 0 });
  expect(calls.filter(call => call === 'bad/a/undo undo 1').length).toBeGreaterThan(2);
});

test('a step that does not answer in time is unknown, and its call is let go of', async () => {
  await start('slow');
  let aborted = false;
  const saga: SagaDefinition = {
    name: 'kind',
    steps: [
      {
        name: 'a',
        timeoutMilliseconds: 20,
        compensation: 'nothing',
        action: ({ signal }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      },
    ],
  };
  await runnerOf(saga).turn(1);
  expect(aborted).toBe(true);
  expect((await sagaHistory(world.pool, 'slow'))?.steps).toEqual([
    expect.objectContaining({ outcome: 'unknown', reason: 'no answer within 20 ms' }),
  ]);
});

test('a saga of a kind that this process does not know is left to others, and one that is not valid is refused', async () => {
  await start('foreign', 1, 'another kind');
  expect(await runnerOf(twoSteps([], () => undefined)).turn(1)).toBe(false);
  expect(() => runnerOf({ name: 'kind', steps: [] })).toThrow(/a saga without a step/);
});
