import type { Database, Queryable } from '../../../lib/runtime/database/database';
import { parseConsistency } from '../../../lib/runtime/reads/consistency';
import { ConsistentReads } from '../../../lib/runtime/reads/consistent-reads';
import type { ServerPosition } from '../../../lib/runtime/reads/database-positions';
import { formatPosition, parsePosition } from '../../../lib/runtime/reads/read-position';
import { WritePosition } from '../../../lib/runtime/reads/write-position';
import { VirtualClock } from '../../helpers/virtual-clock';

/** Databases that only say who they are. */
function named(name: string): Database {
  const query = (async () => ({ rows: [{ name }], rowCount: 1 })) as Database['query'];
  return { query, transaction: work => work({ query }) };
}
const who = async (on: Queryable) => (await on.query<{ name: string }>('')).rows[0]?.name;

function world() {
  const clock = new VirtualClock();
  const state = {
    epoch: 7 as number | undefined,
    leaderEpoch: 7 as number | undefined,
    leader: true,
    follower: true,
    at: { writer: false, lsn: 100n, lagMilliseconds: 400 } as ServerPosition,
    failing: false,
    looks: 0,
  };
  const reads = new ConsistentReads({
    clock,
    positions: {
      written: async () => 0n,
      async reached() {
        state.looks += 1;
        if (state.failing) throw new Error('away');
        return state.at;
      },
    },
    leader: () => (state.leader ? named('leader') : undefined),
    follower: () => (state.follower ? named('follower') : undefined),
    leaderEpoch: () => state.leaderEpoch,
    epoch: () => state.epoch,
    waitMilliseconds: 100,
  });
  const standby = () => Object.assign(state, { leader: false, leaderEpoch: undefined });
  return { clock, state, reads, standby };
}
const ANY = { kind: 'any' } as const;
const bounded = (milliseconds: number) => ({ kind: 'bounded', milliseconds }) as const;
const past = (lsn: bigint, epoch = 7) => ({ epoch, lsn });

test('a follower that is new enough answers, and says how old it may be', async () => {
  const { reads } = world();
  expect(await reads.read({ consistency: bounded(500) }, who)).toEqual({
    value: 'follower',
    from: 'follower',
    lagMilliseconds: 400,
  });
});

test('one that is too old sends the reader to the leader, or refuses where there is none', async () => {
  const { clock, reads, standby } = world();
  const read = async () => {
    const answer = reads.read({ consistency: bounded(300) }, who);
    answer.catch(() => undefined);
    await clock.advance(200);
    return answer;
  };
  expect(await read()).toMatchObject({ value: 'leader', from: 'leader', reason: 'lag' });
  standby();
  await expect(read()).rejects.toMatchObject({ code: 'stale' });
});

test('a lag that cannot be told is not 0', async () => {
  const { clock, state, reads } = world();
  state.at = { ...state.at, lagMilliseconds: undefined };
  const answer = reads.read({ consistency: bounded(86_400_000) }, who);
  await clock.advance(200);
  expect(await answer).toMatchObject({ from: 'leader', reason: 'lag' });
});

test('a strong read is for the leader alone, under a lease that holds to its end', async () => {
  const { state, reads, standby } = world();
  expect(await reads.read({ consistency: { kind: 'strong' } }, who)).toMatchObject({ value: 'leader' });
  expect(state.looks).toBe(0);
  const replaced = reads.read({ consistency: { kind: 'strong' } }, async on => {
    state.leaderEpoch = undefined;
    return who(on);
  });
  await expect(replaced).rejects.toMatchObject({ code: 'not-active' });
  standby();
  await expect(reads.read({ consistency: { kind: 'strong' } }, who)).rejects.toMatchObject({
    code: 'not-active',
  });
});

describe('one who wrote', () => {
  test('sees the write on a follower that has reached it', async () => {
    const { reads } = world();
    expect(await reads.read({ consistency: ANY, after: past(100n) }, who)).toMatchObject({
      from: 'follower',
    });
  });

  test('waits for a follower that is nearly there', async () => {
    const { clock, state, reads } = world();
    const answer = reads.read({ consistency: ANY, after: past(101n) }, who);
    await clock.advance(45);
    state.at = { ...state.at, lsn: 101n };
    await clock.advance(10);
    expect(await answer).toMatchObject({ from: 'follower' });
  });

  test('is sent to the leader when it takes too long', async () => {
    const { clock, state, reads } = world();
    const answer = reads.read({ consistency: ANY, after: past(101n) }, who);
    await clock.advance(100);
    expect(await answer).toMatchObject({ from: 'leader', reason: 'not-reached' });
    expect(state.looks).toBeLessThanOrEqual(11);
  });

  test.each([6, 8])('with a position of epoch %d is not believed by a follower in epoch 7', async epoch => {
    const { state, reads, standby } = world();
    expect(await reads.read({ consistency: ANY, after: past(1n, epoch) }, who)).toMatchObject({
      from: 'leader',
      reason: 'epoch',
    });
    expect(state.looks).toBe(0);
    standby();
    await expect(reads.read({ consistency: ANY, after: past(1n, epoch) }, who)).rejects.toMatchObject({
      code: 'stale',
    });
  });

  test('is read to by the leader when the follower is away, and hears of it when nobody is left', async () => {
    const { state, reads, standby } = world();
    state.failing = true;
    expect(await reads.read({ consistency: ANY, after: past(1n) }, who)).toMatchObject({
      from: 'leader',
      reason: 'follower-failed',
    });
    standby();
    await expect(reads.read({ consistency: ANY, after: past(1n) }, who)).rejects.toThrow('away');
  });
});

test('an error of the work itself is not taken for a follower that is away', async () => {
  const { reads } = world();
  const work = async () => {
    throw new TypeError('a bug');
  };
  await expect(reads.read({ consistency: ANY }, work)).rejects.toThrow('a bug');
});

test('a question sent before a commit is no answer for it', async () => {
  const clock = new VirtualClock();
  const open: ((lsn: bigint) => void)[] = [];
  const written = new WritePosition(() => new Promise(resolve => open.push(resolve)), clock);
  const first = written.read();
  const [second, third] = [written.read(), written.read()];
  expect(open).toHaveLength(1);
  open[0]?.(1n);
  expect(await first).toBe(1n);
  await clock.advance(4);
  expect(open).toHaveLength(1);
  await clock.advance(1);
  expect(open).toHaveLength(2);
  open[1]?.(2n);
  expect(await Promise.all([second, third])).toEqual([2n, 2n]);
  await clock.advance(5);
  written.read();
  expect(open).toHaveLength(3);
});

test('a question that failed does not fail those who come later', async () => {
  const clock = new VirtualClock();
  let asked = 0;
  const written = new WritePosition(async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return 5n;
  }, clock);
  const both = Promise.allSettled([written.read(), written.read()]);
  await clock.advance(5);
  const [first, second] = await both;
  expect(first).toMatchObject({ status: 'rejected' });
  expect(second).toMatchObject({ value: 5n });
});

test('positions and consistencies are read back, and nothing else is', () => {
  const position = { epoch: 12, lsn: 0x16b37480n };
  expect(parsePosition(formatPosition(position))).toEqual(position);
  for (const text of ['', '7', '7-', '-1-a', '7-0x1', '7-12345678901234567', "7-a'; DROP"]) {
    expect(() => parsePosition(text)).toThrow(/position/);
  }
  expect(parseConsistency('bounded:1.5')).toEqual({ kind: 'bounded', milliseconds: 1500 });
  expect([parseConsistency('any'), parseConsistency('strong')]).toEqual([ANY, { kind: 'strong' }]);
  for (const text of ['', 'bounded', 'bounded:', 'bounded:-1', 'bounded:86401', 'Strong']) {
    expect(() => parseConsistency(text)).toThrow(/consistency/);
  }
});
