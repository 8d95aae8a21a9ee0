import { LeaderElection } from '../../../lib/runtime/leader/leader-election';
import { LeaderLease, type Tenure } from '../../../lib/runtime/leader/leader-lease';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { MemoryLeaderStore } from '../../helpers/memory-leader-store';
import { VirtualClock } from '../../helpers/virtual-clock';

const LEASE = 9_000;
const HEARTBEAT = LEASE / 3;

function world() {
  const store = new MemoryLeaderStore();
  const clock = new VirtualClock();
  const epochs: Record<string, number | undefined> = {};
  const candidate = (holder: string, epoch: number | undefined = 1) => {
    epochs[holder] = epoch;
    const election = new LeaderElection({
      name: 'reports',
      lease: new LeaderLease({ holder, leaseMilliseconds: LEASE }),
      store,
      clock,
      logger: silentLogger,
      epoch: () => epochs[holder],
    });
    const stop = new AbortController();
    const changes: Array<Tenure | undefined> = [];
    election.onChange(tenure => changes.push(tenure));
    return { election, changes, stop, start: () => election.run(stop.signal) };
  };
  return { store, clock, epochs, candidate };
}

test('one of two leads, for as long as it renews', async () => {
  const { clock, candidate } = world();
  const [a, b] = [candidate('a'), candidate('b')];
  void a.start();
  void b.start();
  await clock.advance(10 * LEASE);
  expect(a.election.current()?.token).toEqual({ epoch: 1, term: 1 });
  expect(b.election.current()).toBeUndefined();
  expect(a.changes).toHaveLength(1);
});

test('who gives back is followed within a heartbeat, under a higher term', async () => {
  const { clock, candidate } = world();
  const [a, b] = [candidate('a'), candidate('b')];
  const ended = a.start();
  void b.start();
  await clock.advance(LEASE);
  a.stop.abort();
  await ended;
  expect(a.election.current()).toBeUndefined();
  await clock.advance(HEARTBEAT);
  expect(b.election.current()?.token).toEqual({ epoch: 1, term: 2 });
  expect(a.changes.at(-1)).toBeUndefined();
});

test('who cannot reach the store stops believing after a lease, and leads again under the same token', async () => {
  const { clock, candidate, store } = world();
  const a = candidate('a');
  void a.start();
  await clock.advance(LEASE);
  store.failing = true;
  await clock.advance(LEASE);
  expect(a.election.current()).toBeUndefined();
  store.failing = false;
  await clock.advance(HEARTBEAT);
  expect(a.election.current()?.token).toEqual({ epoch: 1, term: 1 });
});

test('a lost call costs no tenure: it is repeated after half a heartbeat', async () => {
  const { clock, candidate, store } = world();
  const a = candidate('a');
  void a.start();
  await clock.advance(1);
  store.failing = true;
  await clock.advance(HEARTBEAT);
  store.failing = false;
  await clock.advance(HEARTBEAT / 2);
  await clock.advance(LEASE - HEARTBEAT);
  expect(a.changes).toHaveLength(1);
});

test('who lost the lease to another knows it by the next renewal', async () => {
  const { clock, candidate, store } = world();
  const a = candidate('a');
  void a.start();
  await clock.advance(1);
  store.record = { token: { epoch: 1, term: 2 }, beat: 0, holder: 'b', leaseMilliseconds: LEASE };
  await clock.advance(HEARTBEAT);
  expect(a.election.current()).toBeUndefined();
});

test('a win whose answer was lost is found by the next look', async () => {
  const { clock, candidate, store } = world();
  const a = candidate('a');
  const take = store.take.bind(store);
  store.take = async (next, seen) => {
    store.take = take;
    await take(next, seen);
    throw new Error('the answer was lost');
  };
  void a.start();
  await clock.advance(1);
  expect(a.election.current()).toBeUndefined();
  await clock.advance(HEARTBEAT / 2);
  expect(a.election.current()?.token).toEqual({ epoch: 1, term: 1 });
});

test('only the active Region leads: a move of the Region ends one tenure and begins the other at once', async () => {
  const { clock, candidate, epochs } = world();
  const [a, b] = [candidate('a', 1), candidate('b')];
  epochs.b = undefined;
  void a.start();
  void b.start();
  await clock.advance(LEASE);
  epochs.a = undefined;
  expect(a.election.current()).toBeUndefined();
  epochs.b = 2;
  await clock.advance(HEARTBEAT);
  expect(b.election.current()?.token).toEqual({ epoch: 2, term: 2 });
  epochs.a = 1;
  await clock.advance(3 * LEASE);
  expect(a.election.current()).toBeUndefined();
});
