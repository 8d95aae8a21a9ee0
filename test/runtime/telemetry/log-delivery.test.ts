import {
  CreateLogStreamCommand,
  type PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { cloudWatchLogs } from '../../../lib/runtime/telemetry/cloudwatch-logs';
import { LogDelivery, type LogEvent } from '../../../lib/runtime/telemetry/log-delivery';

const clock = {
  milliseconds: 0,
  now: () => new Date(clock.milliseconds),
  monotonic: () => clock.milliseconds,
  sleep: async () => undefined,
};
const shared = () => ({ clock: clock as never, onChange: jest.fn<void, [string | undefined]>() });

test('whatever is refused on the way, lines arrive once and in order, in calls that CloudWatch takes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(250_000), fc.nat(50)), { maxLength: 40 }),
      fc.array(fc.boolean(), { maxLength: 6 }),
      async (lines, refusals) => {
        const taken: LogEvent[] = [];
        const left = [...refusals];
        const delivery = new LogDelivery({
          ...shared(),
          mostBytes: 1e9,
          put: async events => {
            const bytes = events.reduce((sum, { message }) => sum + message.length + 26, 0);
            expect(bytes).toBeLessThanOrEqual(1_048_576);
            expect(events.length).toBeLessThanOrEqual(10_000);
            if (left.shift() === true) throw new Error('throttled');
            taken.push(...events);
          },
        });
        clock.milliseconds = 0;
        for (const [index, [length, pause]] of lines.entries()) {
          clock.milliseconds += pause;
          delivery.take(`${index} ${'x'.repeat(length)}`);
        }
        for (let turn = 0; turn <= refusals.length; turn += 1) await delivery.deliver();
        expect(taken.map(({ message }) => Number.parseInt(message, 10))).toEqual(lines.map((_, n) => n));
      },
    ),
    { numRuns: 30 },
  );
});

test('no call has more than ten thousand lines', async () => {
  const sizes: number[] = [];
  const put = async (events: readonly LogEvent[]) => void sizes.push(events.length);
  const delivery = new LogDelivery({ ...shared(), put });
  for (let line = 0; line < 10_001; line += 1) delivery.take('x');
  await delivery.deliver();
  expect(sizes).toEqual([10_000, 1]);
});

test('what does not fit is counted and told, and room comes back once lines were taken', async () => {
  const taken: string[] = [];
  const options = shared();
  let away = true;
  const delivery = new LogDelivery({
    ...options,
    mostBytes: 100,
    put: async events => {
      if (away) throw new Error('away');
      taken.push(...events.map(({ message }) => message));
    },
  });
  for (const line of ['a', 'b', 'c', 'd', 'e']) delivery.take(line);
  await delivery.deliver();
  await delivery.deliver();
  expect([delivery.dropped, options.onChange.mock.calls]).toEqual([2, [['away']]]);
  away = false;
  await delivery.deliver();
  expect(taken.slice(0, 3)).toEqual(['a', 'b', 'c']);
  expect(JSON.parse(taken[3] ?? '')).toMatchObject({ message: 'logs.dropped', lines: 2 });
  expect(options.onChange.mock.calls).toEqual([['away'], [undefined]]);
  delivery.take('f');
  await delivery.deliver();
  expect(taken.slice(4)).toEqual(['f']);
});

test('lines that were told while the clock was put back make no call that is refused for its order', async () => {
  const times: number[] = [];
  const put = async (events: readonly LogEvent[]) => void times.push(...events.map(event => event.timestamp));
  const delivery = new LogDelivery({ ...shared(), put });
  for (const time of [5, 3, 9]) {
    clock.milliseconds = time;
    delivery.take('x');
  }
  await delivery.deliver();
  expect(times).toEqual([3, 5, 9]);
});

test.each([
  ['is not there yet', undefined],
  [
    'was made by another process meanwhile',
    new ResourceAlreadyExistsException({ $metadata: {}, message: '' }),
  ],
])('a stream that %s is made, and the lines are put', async (_case, failure) => {
  const sent: string[] = [];
  let there = false;
  const send = jest.fn(async (command: object) => {
    sent.push(command.constructor.name);
    if (command instanceof CreateLogStreamCommand) {
      there = true;
      if (failure !== undefined) throw failure;
    } else if (!there) throw new ResourceNotFoundException({ $metadata: {}, message: 'no stream' });
  });
  const names = { region: 'us-east-2', logGroupName: 'orders', logStreamName: 'worker/i-1' };
  const put = cloudWatchLogs({ ...names, client: { send } as never });
  await put([{ timestamp: 1, message: 'x' }]);
  expect(sent).toEqual(['PutLogEventsCommand', 'CreateLogStreamCommand', 'PutLogEventsCommand']);
  const [last] = send.mock.calls.at(-1) ?? [];
  expect((last as PutLogEventsCommand).input).toEqual({
    ...{ logGroupName: 'orders', logStreamName: 'worker/i-1' },
    logEvents: [{ timestamp: 1, message: 'x' }],
  });
});

test('a group that is not there is told, and not tried for ever', async () => {
  const send = jest
    .fn()
    .mockRejectedValue(new ResourceNotFoundException({ $metadata: {}, message: 'no group' }));
  const names = { region: 'us-east-2', logGroupName: 'orders', logStreamName: 'worker/i-1' };
  await expect(cloudWatchLogs({ ...names, client: { send } })([])).rejects.toThrow(/no group/);
  expect(send).toHaveBeenCalledTimes(2);
});

test('lines that waited for days leave in calls of less than a day each: CloudWatch takes no longer ones', async () => {
  const day = 86_400_000;
  const taken: string[] = [];
  const put = async (events: readonly LogEvent[]) => {
    const times = events.map(({ timestamp }) => timestamp);
    if (Math.max(...times) - Math.min(...times) > day) throw new Error('InvalidParameterException');
    taken.push(...events.map(({ message }) => message));
  };
  const delivery = new LogDelivery({ ...shared(), put });
  // The last one by a clock that was put back.
  for (const [line, time] of [0, 20, 30, 70, 10].entries()) {
    clock.milliseconds = (time * day) / 24;
    delivery.take(String(line));
  }
  await delivery.deliver();
  expect(taken.toSorted()).toEqual(['0', '1', '2', '3', '4']);
});

test('a stream that is not made in time fails, and is tried again', async () => {
  let creations = 0;
  const client = {
    async send(command: object, options?: { readonly abortSignal?: AbortSignal }) {
      if (!(command instanceof CreateLogStreamCommand)) {
        throw new ResourceNotFoundException({ message: 'no stream', $metadata: {} });
      }
      creations += 1;
      return new Promise((_, reject) => {
        options?.abortSignal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    },
  };
  const where = { region: 'us-east-2', logGroupName: 'g', logStreamName: 's' };
  const put = cloudWatchLogs({ ...where, client: client as never, timeoutMilliseconds: 20 });
  await expect(put([{ timestamp: 0, message: 'm' }])).rejects.toMatchObject({ code: 'unavailable' });
  expect(creations).toBe(1);
});
