import type { Cache } from '../../lib/runtime/cache/cache';
import type { Queryable } from '../../lib/runtime/database/database';
import { withDeadline } from '../../lib/runtime/policy/deadline';
import type { Logger } from '../../lib/runtime/telemetry/logger';
import { guardCache, guardedReads } from '../../lib/service/guards';
import { clientPolicy } from '../../regions';
import { EventClock } from '../helpers/event-clock';
import { Random, Simulation } from '../helpers/simulation';

const lost = () => Object.assign(new Error('terminating connection'), { code: '57P01' });

function world() {
  const simulation = new Simulation(new Random(1));
  const clock = new EventClock(simulation);
  const logger = { info: jest.fn() } as unknown as Logger;
  const finish = async () => {
    await new Promise(resolve => setImmediate(resolve));
    await simulation.run(simulation.time + 60_000);
  };
  return {
    simulation,
    clock,
    finish,
    options: { clock, logger, random: () => 0.5, clientPolicy: clientPolicy({}) },
  };
}

describe('reads', () => {
  const rows = { rows: [], rowCount: 0 };

  test('survive a connection that a promotion has cut', async () => {
    const { options, finish } = world();
    const query = jest.fn().mockRejectedValueOnce(lost()).mockResolvedValue(rows);
    const done = guardedReads({ query }, options).query('SELECT 1', [7]);
    await finish();
    expect(await done).toBe(rows);
    expect(query.mock.calls).toEqual([
      ['SELECT 1', [7]],
      ['SELECT 1', [7]],
    ]);
  });

  test('do not repeat what the database has understood', async () => {
    const { options } = world();
    const query = jest.fn().mockRejectedValue(Object.assign(new Error('syntax'), { code: '42601' }));
    await expect(guardedReads({ query }, options).query('SELEC')).rejects.toThrow('syntax');
    expect(query).toHaveBeenCalledTimes(1);
  });

  test('leave a database that is away alone, and find it back', async () => {
    const { options, finish } = world();
    let away = true;
    const query = jest.fn(async () => {
      if (away) throw lost();
      return rows;
    });
    const reads = guardedReads({ query } as unknown as Queryable, options);
    for (let turn = 0; turn < 20; turn += 1) {
      const done = reads.query('SELECT 1').catch(() => undefined);
      if (turn < 3) await finish();
      await done;
    }
    const asked = query.mock.calls.length;
    expect(asked).toBeLessThan(20);
    await expect(reads.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
    expect(query).toHaveBeenCalledTimes(asked);
    away = false;
    const { clock } = options;
    const later = clock.sleep(2000).then(() => reads.query('SELECT 1'));
    await finish();
    expect(await later).toBe(rows);
  });

  test('end with the deadline of their request', async () => {
    const { options, finish, clock } = world();
    const query = () => new Promise<never>(() => undefined);
    const done = withDeadline(30, () => guardedReads({ query }, options).query('SELECT 1'), { clock }).catch(
      (error: { code: string }) => error.code,
    );
    await finish();
    expect(await done).toBe('deadline');
  });

  test('without a policy of the topology they are what they were', () => {
    const database = { query: jest.fn() };
    expect(guardedReads(database, { ...world().options, clientPolicy: undefined })).toBe(database);
  });
});

test('a cache that hangs is asked no more, but told of every removal', async () => {
  const { options, clock, finish } = world();
  const cache = {
    lookup: jest.fn(async () => ({ kind: 'away' })),
    claim: jest.fn(async () => 'token'),
    fill: jest.fn(async () => true),
    remove: jest.fn(async () => false),
    problem: 'hangs',
  };
  const guarded = guardCache(cache as unknown as Cache, options);
  for (let turn = 0; turn < 50; turn += 1) expect(await guarded.lookup('k', 100)).toEqual({ kind: 'away' });
  expect(cache.lookup).toHaveBeenCalledTimes(10);
  expect([await guarded.claim('k', 100), await guarded.fill('k', 't', {} as never)]).toEqual([
    undefined,
    false,
  ]);
  expect([cache.claim.mock.calls.length, cache.fill.mock.calls.length]).toEqual([0, 0]);
  expect([await guarded.remove('k'), cache.remove.mock.calls.length, guarded.problem]).toEqual([
    false,
    1,
    'hangs',
  ]);
  cache.lookup.mockResolvedValue({ kind: 'busy' });
  const later = clock.sleep(2000).then(() => guarded.lookup('k', 100));
  await finish();
  expect(await later).toEqual({ kind: 'busy' });
  expect(await guarded.fill('k', 't', {} as never)).toBe(true);
});
