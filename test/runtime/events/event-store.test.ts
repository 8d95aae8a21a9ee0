import fc from 'fast-check';
import { DynamoEventLog } from '../../../lib/runtime/events/dynamo-event-log';
import {
  type EventLog,
  EventStore,
  type Fold,
  MOST_EVENTS,
  type StoredEvent,
} from '../../../lib/runtime/events/event-store';
import { MemoryEventLog } from '../../../lib/runtime/events/memory-event-log';
import { Projection, type ReadModel } from '../../../lib/runtime/events/projection';
import { Tables } from '../../helpers/tables';

const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
const LOGS: ReadonlyArray<[string, () => EventLog]> = [
  ['in memory', () => new MemoryEventLog(clock)],
  [
    'in DynamoDB',
    () => new DynamoEventLog({ client: new Tables().client, table: 'e', snapshotTable: 's', clock }),
  ],
];

/** The state is what happened, in order: whatever is lost, doubled or out of order shows. */
const history: Fold<readonly unknown[]> = {
  initial: [],
  apply: (state, { data }) => [...state, data],
  shape: 1,
};
const numbers = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ type: 'added', data: from + index }));

/** A read model in memory that notes each event it is given. */
class Notes implements ReadModel {
  readonly seen = new Map<string, number[]>();
  async position(stream: string) {
    return this.seen.get(stream)?.length ?? 0;
  }
  async apply({ stream, version }: StoredEvent) {
    this.seen.set(stream, [...(this.seen.get(stream) ?? []), version]);
  }
  async clear() {
    this.seen.clear();
  }
}

describe.each(LOGS)('events %s', (_where, makeLog) => {
  const storeOf = (log: EventLog, snapshotEvery?: number) =>
    new EventStore({ log, fold: history, snapshotEvery });

  test('of concurrent appends that expect the same version exactly one wins', async () => {
    const rounds = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(rounds, async writers => {
        const store = storeOf(makeLog(), 3);
        const kept: unknown[] = [];
        for (const counts of writers) {
          const { version } = await store.load('orders-1');
          const results = await Promise.allSettled(
            counts.map((count, writer) => store.append('orders-1', version, numbers(writer * 100, count))),
          );
          const won = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
          expect(won).toHaveLength(1);
          for (const result of results) {
            if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
          }
          const [winner = -1] = won;
          kept.push(...numbers(winner * 100, counts[winner] ?? 0).map(({ data }) => data));
        }
        expect(await store.load('orders-1')).toEqual({ version: kept.length, state: kept });
      }),
      { numRuns: 40 },
    );
  });

  test('replay gives the state, with snapshots and without, and after the fold has changed its shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        async (counts, every) => {
          const log = makeLog();
          const store = storeOf(log, every);
          let version = 0;
          for (const count of counts) version = await store.append('s', version, numbers(version, count));
          const state = numbers(0, version).map(({ data }) => data);
          expect(await store.load('s')).toEqual({ version, state });
          expect(await storeOf(log, 1000).load('s')).toEqual({ version, state });
          const counting: Fold<number> = { initial: 0, apply: total => total + 1, shape: 2 };
          expect(await new EventStore({ log, fold: counting }).load('s')).toEqual({
            version,
            state: version,
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test('an append behind the end leaves no gap', async () => {
    const log = makeLog();
    await expect(log.append('s', 3, numbers(0, 1))).rejects.toMatchObject({ code: 'conflict' });
    expect(await log.read('s', 0)).toEqual([]);
  });

  test('an older snapshot does not take the place of a later one', async () => {
    const log = makeLog();
    await log.saveSnapshot('s', { version: 5, shape: 1, state: 'later' });
    await log.saveSnapshot('s', { version: 3, shape: 1, state: 'older' });
    expect(await log.loadSnapshot('s')).toEqual({ version: 5, shape: 1, state: 'later' });
    await log.saveSnapshot('s', { version: 3, shape: 2, state: 'other shape' });
    expect(await log.loadSnapshot('s')).toMatchObject({ shape: 2 });
  });

  test('a projection takes each event once and in order, whatever comes twice, early or late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 20 }),
        async (streams, deliveries) => {
          const log = makeLog();
          const sizes = new Map<string, number>();
          for (const stream of streams) {
            const size = sizes.get(stream) ?? 0;
            await log.append(stream, size, numbers(size, 1));
            sizes.set(stream, size + 1);
          }
          const all: StoredEvent[] = [];
          for await (const event of log.readAll()) all.push(event);
          expect(all).toHaveLength(streams.length);
          const notes = new Notes();
          const projection = new Projection(log, notes);
          for (const index of deliveries) {
            const event = all[index];
            if (event !== undefined) await projection.take(event);
          }
          const inOrder = (stream: string) => Array.from({ length: sizes.get(stream) ?? 0 }, (_, i) => i + 1);
          for (const [stream, seen] of notes.seen)
            expect(seen).toEqual(inOrder(stream).slice(0, seen.length));
          await projection.rebuild();
          for (const stream of sizes.keys()) expect(notes.seen.get(stream)).toEqual(inOrder(stream));
        },
      ),
      { numRuns: 25 },
    );
  });

  test.each([0, MOST_EVENTS + 1])('refuses an append of %i events', async count => {
    await expect(storeOf(makeLog()).append('s', 0, numbers(0, count))).rejects.toThrow(/append 1 to 99/);
  });
});

test('a failure to keep a snapshot does not fail the append', async () => {
  const log = new MemoryEventLog(clock);
  log.saveSnapshot = () => Promise.reject(new Error('throttled'));
  const store = new EventStore({ log, fold: history, snapshotEvery: 1 });
  expect(await store.append('s', 0, numbers(0, 2))).toBe(2);
});

test('a gap in what is read is an error and no state', async () => {
  const log = new MemoryEventLog(clock);
  await log.append('s', 0, numbers(0, 3));
  const read = log.read.bind(log);
  log.read = async (stream, after) => (await read(stream, after)).filter(({ version }) => version !== 2);
  await expect(new EventStore({ log, fold: history }).load('s')).rejects.toThrow(/version 3 stands behind 1/);
});
