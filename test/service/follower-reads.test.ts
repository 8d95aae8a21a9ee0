import type { Queryable } from '../../lib/runtime/database/database';
import { RuntimeError } from '../../lib/runtime/errors';
import type { ConsistentRead, ReadRequest } from '../../lib/runtime/reads/consistent-reads';
import { FollowerReads } from '../../lib/service/clone/follower-reads';
import { clientPolicy } from '../../regions';
import { VirtualClock } from '../helpers/virtual-clock';

const ANY: ReadRequest = { consistency: { kind: 'any' } };
const NUMBERS = clientPolicy({});

/** A follower that takes as long as a test says, and a leader that answers at once, or is away. */
function world(numbers: { readonly policy?: typeof NUMBERS } = { policy: NUMBERS }) {
  const clock = new VirtualClock();
  const state = { asked: 0, milliseconds: [] as number[], usual: 2, leader: true };
  const read = async <T>(
    { consistency }: ReadRequest,
    work: (on: Queryable) => Promise<T>,
  ): Promise<ConsistentRead<T>> => {
    if (consistency.kind === 'strong') {
      if (!state.leader) throw new RuntimeError('not-active', 'no leader here');
      return { value: await work({} as Queryable), from: 'leader' };
    }
    state.asked += 1;
    await clock.sleep(state.milliseconds.shift() ?? state.usual);
    return { value: await work({} as Queryable), from: 'follower', lagMilliseconds: 1 };
  };
  const reads = new FollowerReads({ reads: { read }, clientPolicy: numbers.policy, clock, random: () => 0 });
  const run = async (request = ANY, most = 60_000) => {
    const begun = clock.monotonic();
    let ended = Number.NaN;
    const done = reads
      .read(request, async () => 1)
      .finally(() => {
        ended = clock.monotonic() - begun;
      });
    done.catch(() => undefined);
    for (let step = 0; Number.isNaN(ended) && step < most; step += 1) await clock.advance(1);
    return { read: await done, milliseconds: ended };
  };
  const learn = async () => {
    for (let count = 0; count < 100; count += 1) await run();
    state.asked = 0;
  };
  return { state, run, learn };
}

test('beside a slow replica another is asked, and the first answer wins', async () => {
  const { state, run, learn } = world();
  await learn();
  state.milliseconds = [1000, 2];
  const { read, milliseconds } = await run();
  expect(read.from).toBe('follower');
  expect(milliseconds).toBeLessThan(10);
  expect(state.asked).toBe(2);
});

test('when all are slow, hedges stay within the budget', async () => {
  const { state, run, learn } = world();
  await learn();
  state.usual = 40;
  for (let count = 0; count < 200; count += 1) await run();
  const { ratio, reserve } = NUMBERS.hedge.budget;
  expect(state.asked).toBeGreaterThan(200);
  expect(state.asked).toBeLessThanOrEqual(200 + reserve + 200 * ratio);
});

test.each<[string, ReadRequest]>([
  ['of the leader', { consistency: { kind: 'strong' } }],
  ['that wait for a position', { consistency: { kind: 'any' }, after: { epoch: 1, lsn: 1n } }],
])('reads %s are not hedged', async (_what, request) => {
  const { state, run, learn } = world();
  await learn();
  state.milliseconds = [300, 2];
  await run(request);
  expect(state.asked).toBeLessThanOrEqual(1);
});

test('the leader answers for replicas that do not, and the answer says so', async () => {
  const { state, run } = world();
  state.usual = 100_000;
  const { read, milliseconds } = await run();
  expect(read).toEqual({ value: 1, from: 'leader', reason: 'follower-late' });
  expect(milliseconds).toBe(NUMBERS.requestTimeoutMilliseconds);
});

test('where there is no leader, the reader is told of the replicas', async () => {
  const { state, run } = world();
  Object.assign(state, { usual: 100_000, leader: false });
  await expect(run()).rejects.toThrow(`no answer within ${NUMBERS.requestTimeoutMilliseconds} ms`);
});

test('without numbers of the topology it reads once', async () => {
  const { state, run } = world({});
  state.milliseconds = [50];
  expect((await run()).milliseconds).toBe(50);
  expect(state.asked).toBe(1);
});
