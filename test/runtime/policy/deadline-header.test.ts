import fc from 'fast-check';
import { remaining, withDeadline } from '../../../lib/runtime/policy/deadline';
import {
  admittedMilliseconds,
  DEADLINE_HEADER,
  deadlineHeaders,
} from '../../../lib/runtime/policy/deadline-header';
import { VirtualClock } from '../../helpers/virtual-clock';

const under = <T>(milliseconds: number, work: () => T) =>
  withDeadline(milliseconds, async () => work(), { clock: new VirtualClock() });

test('each hop takes the allowance off, and the time that was used', async () => {
  const clock = new VirtualClock();
  const chain = withDeadline(
    1000,
    async () => {
      await clock.sleep(100);
      const first = deadlineHeaders()[DEADLINE_HEADER];
      expect(first).toBe('895');
      // The other host, whose own limit is longer.
      const second = await under(admittedMilliseconds(first, 15_000), () => deadlineHeaders(20));
      expect(second).toEqual({ [DEADLINE_HEADER]: '875' });
    },
    { clock },
  );
  await clock.advance(100);
  await chain;
});

test('outside of a scope there is nothing to send, and nothing received means the own limit', () => {
  expect(deadlineHeaders()).toEqual({});
  expect(admittedMilliseconds(undefined, 15_000)).toBe(15_000);
});

test('a call that nobody would wait for is not made', async () => {
  await expect(under(5, () => deadlineHeaders())).rejects.toMatchObject({ code: 'deadline' });
  expect(() => admittedMilliseconds('0', 100)).toThrow(expect.objectContaining({ code: 'deadline' }));
});

test.each(['', ' 5', '5 ', '-1', '+5', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '10, 20', '1234567890'])(
  'the value %j is refused with what to send',
  value => {
    expect(() => admittedMilliseconds(value, 100)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(DEADLINE_HEADER) }),
    );
  },
);

test('a header that came twice is refused', () => {
  expect(() => admittedMilliseconds(['10', '20'], 100)).toThrow(/received 2/);
});

test('whatever the header says, it never gives more than the own limit, nor more than the caller has', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.nat().map(String)),
      fc.integer({ min: 1, max: 60_000 }),
      (header, limit) => {
        try {
          const admitted = admittedMilliseconds(header, limit);
          return admitted <= limit && admitted <= Number(header) && admitted > 0;
        } catch (error) {
          return ['invalid-input', 'deadline'].includes((error as { code: string }).code);
        }
      },
    ),
  );
});

test('a chain of hops always ends: each has less than the one before', async () => {
  let header: string | undefined = '60';
  const seen: number[] = [];
  const hop = async () => {
    seen.push(remaining());
    header = deadlineHeaders()[DEADLINE_HEADER];
  };
  const run = async (): Promise<void> => {
    await under(admittedMilliseconds(header, 1000), hop);
    await run();
  };
  await expect(run()).rejects.toMatchObject({ code: 'deadline' });
  expect(seen).toEqual([60, 55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5]);
});
