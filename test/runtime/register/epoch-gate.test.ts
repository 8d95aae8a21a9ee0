import { RuntimeError } from '../../../lib/runtime/errors';
import { queueHandler } from '../../../lib/runtime/queue/queue-handler';
import { EpochGate } from '../../../lib/runtime/register/epoch-gate';
import type { RegisterRecord } from '../../../lib/runtime/register/register';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

const ACTIVE: RegisterRecord = { epoch: 3, phase: 'active', region: 'us-east-2' };

/** A gate over a register that a test may change, on a clock that a test moves. */
function gateOver(register: { record: RegisterRecord | undefined }) {
  const clock = { at: 0, slept: 0, monotonic: () => clock.at, now: () => new Date(clock.at + clock.slept) };
  const read = jest.fn(async () => {
    if (register.record === undefined) throw new RuntimeError('unavailable', 'no quorum');
    return register.record;
  });
  const make = () =>
    new EpochGate({ region: 'us-east-2', register: { read }, clock, leaseMilliseconds: 1000 });
  return { make, clock, read };
}

test.each<[string, RegisterRecord | undefined, RegExp]>([
  ['another Region is active', { ...ACTIVE, region: 'us-west-2' }, /active in us-west-2, not here/],
  ['this Region is not active yet', { ...ACTIVE, phase: 'promoting' }, /promoting in us-east-2/],
  ['the register cannot be read', undefined, /cannot be read: no quorum/],
])('lets nothing through when %s', async (_case, record, reason) => {
  const failure = await gateOver({ record })
    .make()
    .epoch()
    .catch(error => error);
  expect(failure).toMatchObject({ code: 'not-active', message: expect.stringMatching(reason) });
});

test('one reading serves for the lease, counted from its start, and no longer', async () => {
  const { make, clock, read } = gateOver({ record: ACTIVE });
  const gate = make();
  expect(await Promise.all([gate.epoch(), gate.epoch()])).toEqual([3, 3]);
  clock.at = 999;
  await gate.epoch();
  expect(read).toHaveBeenCalledTimes(1);
  clock.at = 1000;
  await gate.epoch();
  expect(read).toHaveBeenCalledTimes(2);
});

test('a batch is worked under one epoch: a later one ends it even when it names this Region again', async () => {
  const register = { record: ACTIVE };
  const { make, clock } = gateOver(register);
  const gate = make();
  await gate.epoch();
  register.record = { ...ACTIVE, epoch: 5 };
  clock.at = 5000;
  await expect(gate.epoch()).rejects.toThrow(/epoch 5 began while epoch 3 was worked/);
});

test('a machine that was suspended, so that its monotonic clock stood still, reads the register again', async () => {
  const { make, clock, read } = gateOver({ record: ACTIVE });
  const gate = make();
  await gate.epoch();
  clock.slept = 3_600_000;
  await gate.epoch();
  expect(read).toHaveBeenCalledTimes(2);
});

test.each<[string, (clock: object) => unknown]>([
  ['was on its way for a lease', clock => Object.assign(clock, { at: 1000 })],
  ['the machine slept over', clock => Object.assign(clock, { slept: 3_600_000 })],
])('believes no answer that %s: the Region may have been fenced meanwhile', async (_what, pass) => {
  const { make, clock, read } = gateOver({ record: ACTIVE });
  read.mockImplementationOnce(async () => {
    pass(clock);
    return ACTIVE;
  });
  const gate = make();
  await expect(gate.epoch()).rejects.toMatchObject({ code: 'not-active' });
  expect(await gate.epoch()).toBe(3);
});

describe('the handler of a queue', () => {
  const message = (messageId: string) => ({ messageId, body: '{}' });
  const Records = ['a', 'b', 'c'].map(message);
  const ids = (...names: string[]) => ({
    batchItemFailures: names.map(itemIdentifier => ({ itemIdentifier })),
  });

  test('hands the whole batch back while its Region is not active, and works nothing', async () => {
    const { make } = gateOver({ record: { ...ACTIVE, region: 'us-west-2' } });
    const work = jest.fn();
    const handler = queueHandler({ work, region: 'us-east-2', gate: make, logger: silentLogger });
    expect(await handler({ Records })).toEqual(ids('a', 'b', 'c'));
    expect(work).not.toHaveBeenCalled();
  });

  test('tells the work its epoch, and hands back what is left when the register moves in the middle', async () => {
    const register = { record: ACTIVE };
    const { make, clock } = gateOver(register);
    const epochs: unknown[] = [];
    const handler = queueHandler({
      region: 'us-east-2',
      gate: make,
      logger: silentLogger,
      concurrency: 1,
      work: async (_message, { epoch }) => {
        epochs.push(epoch);
        register.record = { epoch: 4, phase: 'fencing', region: 'us-west-2' };
        clock.at += 1000;
      },
    });
    expect(await handler({ Records })).toEqual(ids('b', 'c'));
    expect(epochs).toEqual([3]);
  });

  test('without a register works in every Region; an empty event is no failure', async () => {
    const work = jest.fn();
    const handler = queueHandler({ work, region: 'us-east-2', logger: silentLogger });
    expect(await handler({ Records })).toEqual(ids());
    expect(work).toHaveBeenCalledTimes(3);
    expect(await handler({})).toEqual(ids());
  });
});
