import { ReadLease } from '../../../lib/runtime/register/lease';
import { LeaseKeeper, type RegisterReader } from '../../../lib/runtime/register/lease-keeper';
import type { RegisterRecord } from '../../../lib/runtime/register/register';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { VirtualClock } from '../../helpers/virtual-clock';

const HERE = 'us-east-2';
const ACTIVE: RegisterRecord = { epoch: 1, phase: 'active', region: HERE };

function keep(read: RegisterReader['read']) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const lease = new ReadLease(HERE, 9000);
  const keeper = new LeaseKeeper({ lease, register: { read }, clock, logger: silentLogger });
  const ended = keeper.run(stop.signal);
  return { clock, keeper, stop, ended };
}

test('renews every third, so that the lease is held without a gap', async () => {
  let reads = 0;
  const { clock, keeper, stop, ended } = keep(async () => {
    reads += 1;
    return ACTIVE;
  });
  for (let second = 0; second < 60; second += 1) {
    await clock.advance(1000);
    expect(keeper.current().held).toBe(true);
  }
  expect(reads).toBe(21);
  stop.abort();
  await ended;
});

test('an outage shorter than two thirds costs nothing, a longer one costs the lease, and it comes back', async () => {
  let down = false;
  const { clock, keeper } = keep(async () => {
    if (down) throw new Error('no quorum');
    return ACTIVE;
  });
  await clock.advance(100);
  down = true;
  await clock.advance(8800);
  expect(keeper.current().held).toBe(true);
  await clock.advance(200);
  expect(keeper.current()).toMatchObject({ held: false, reason: 'expired' });
  expect(keeper.registerProblem).toBe('no quorum');
  down = false;
  await clock.advance(3000);
  expect(keeper.current().held).toBe(true);
  expect(keeper.registerProblem).toBeUndefined();
});

test('a read that hangs does not stop the others, and its late answer extends nothing', async () => {
  const clock = new VirtualClock();
  let calls = 0;
  const read = async () => {
    calls += 1;
    if (calls === 2) await clock.sleep(100_000);
    return ACTIVE;
  };
  const keeper = new LeaseKeeper({
    lease: new ReadLease(HERE, 9000),
    register: { read },
    clock,
    logger: silentLogger,
  });
  void keeper.run(new AbortController().signal);
  await clock.advance(50_000);
  expect(keeper.current().held).toBe(true);
});

test('a slow read gives a lease from its start', async () => {
  const clock = new VirtualClock();
  let answers = 0;
  const read = async () => {
    if (answers === 1) throw new Error('no quorum');
    answers += 1;
    await clock.sleep(2000);
    return ACTIVE;
  };
  const lease = new ReadLease(HERE, 9000);
  const keeper = new LeaseKeeper({ lease, register: { read }, clock, logger: silentLogger });
  void keeper.run(new AbortController().signal);
  await clock.advance(8999);
  expect(keeper.current()).toMatchObject({ held: true, validUntil: 9000 });
  await clock.advance(1);
  expect(keeper.current().held).toBe(false);
});

test('reads that all hang cost the lease: it counts from the start of a read', async () => {
  const { clock, keeper } = keep(() => new Promise<RegisterRecord>(() => undefined));
  await clock.advance(30_000);
  expect(keeper.current()).toEqual({ held: false, reason: 'never-read' });
});

test('tells of changes once each', async () => {
  let record = ACTIVE;
  const seen: string[] = [];
  const { clock, keeper } = keep(async () => record);
  keeper.onChange(state => seen.push(state.held ? `held ${state.epoch}` : state.reason));
  await clock.advance(7000);
  record = { epoch: 2, phase: 'fencing', region: 'us-west-2' };
  await clock.advance(7000);
  record = { epoch: 3, phase: 'active', region: HERE };
  await clock.advance(7000);
  expect(seen).toEqual(['held 1', 'not-active', 'held 3']);
});

describe('a process that was frozen', () => {
  // A frozen machine's monotonic clock stands still with it: nothing here moves the clock while it is frozen.
  const keeperOf = (clock: VirtualClock, read: RegisterReader['read']) =>
    new LeaseKeeper({
      lease: new ReadLease(HERE, 9000),
      register: { read },
      clock,
      logger: silentLogger,
    });
  const gone: RegisterRecord = { epoch: 2, phase: 'active', region: 'us-west-2' };

  test('holds no lease from the moment it wakes, though its clock says that it does', async () => {
    const answers: ((record: RegisterRecord) => void)[] = [];
    const keeper = keeperOf(new VirtualClock(), () => new Promise(resolve => answers.push(resolve)));
    const first = keeper.renew();
    answers[0]?.(ACTIVE);
    await first;
    expect(keeper.current().held).toBe(true);
    const woken = keeper.wake();
    expect(keeper.current()).toMatchObject({ held: false, reason: 'expired', record: ACTIVE });
    expect(keeper.registerProblem).toBe('the register was not read since the process woke');
    answers[1]?.(gone);
    await woken;
    expect(keeper.current()).toMatchObject({ held: false, reason: 'not-active', record: gone });
  });

  test('takes no lease from an answer that was asked for before it was frozen', async () => {
    const answers: ((record: RegisterRecord) => void)[] = [];
    const keeper = keeperOf(new VirtualClock(), () => new Promise(resolve => answers.push(resolve)));
    const before = keeper.renew();
    const woken = keeper.wake();
    answers[0]?.(ACTIVE);
    await before;
    expect(keeper.current().held).toBe(false);
    answers[1]?.(ACTIVE);
    await woken;
    expect(keeper.current()).toMatchObject({ held: true, epoch: 1 });
  });

  test('keeps none when the register does not answer, and says why', async () => {
    let down = false;
    const keeper = keeperOf(new VirtualClock(), async () => {
      if (down) throw new Error('no quorum');
      return ACTIVE;
    });
    await keeper.wake();
    expect(keeper.current().held).toBe(true);
    down = true;
    await keeper.wake();
    expect(keeper.current().held).toBe(false);
    expect(keeper.registerProblem).toBe('no quorum');
  });
});

describe('a machine that was suspended: its monotonic clock stood still, its wall clock did not', () => {
  /** A clock whose wall clock a test puts forward and back. */
  class Sleeper extends VirtualClock {
    ahead = 0;

    override now(): Date {
      return new Date(super.now().getTime() + this.ahead);
    }
  }

  function keeping(read: RegisterReader['read'] = async () => ACTIVE) {
    const clock = new Sleeper();
    const lease = new ReadLease(HERE, 9000);
    return { clock, keeper: new LeaseKeeper({ lease, register: { read }, clock, logger: silentLogger }) };
  }

  test('WHEN it wakes THEN it holds nothing until it has read the register again', async () => {
    const { clock, keeper } = keeping();
    await keeper.renew();
    expect(keeper.current().held).toBe(true);
    clock.ahead = 60_000;
    expect(keeper.current()).toMatchObject({ held: false, reason: 'expired' });
    expect(keeper.registerProblem).toBe('the register was read too long ago');
    await keeper.renew();
    expect(keeper.current().held).toBe(true);
  });

  test('WHEN an answer arrives that was asked for before THEN it extends nothing', async () => {
    const { clock, keeper } = keeping(async () => {
      clock.ahead = 60_000;
      return ACTIVE;
    });
    await keeper.renew();
    expect(keeper.current().held).toBe(false);
  });

  test('WHEN it slept for less than what is left THEN that much of the lease is gone', async () => {
    const { clock, keeper } = keeping();
    await keeper.renew();
    clock.ahead = 5000;
    expect(keeper.current().held).toBe(true);
    await clock.advance(3999);
    expect(keeper.current().held).toBe(true);
    await clock.advance(1);
    expect(keeper.current().held).toBe(false);
  });

  test.each([-3_600_000, 400])(
    'GIVEN a wall clock that is set by %d ms THEN the lease stands',
    async step => {
      const { clock, keeper } = keeping();
      await keeper.renew();
      clock.ahead = step;
      await clock.advance(8999);
      expect(keeper.current().held).toBe(true);
      await clock.advance(1);
      expect(keeper.current().held).toBe(false);
    },
  );
});
