import fc from 'fast-check';
import { RuntimeError } from '../../../lib/runtime/errors';
import { streamHandler } from '../../../lib/runtime/stream/stream-handler';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const kinesis = (sequenceNumber: string, data = base64({ sequenceNumber })) => ({
  kinesis: { sequenceNumber, partitionKey: 'p', data },
});

/** A handler that breaks on the records named, and what it has worked. */
function worker(broken: readonly string[], epoch?: () => Promise<number>) {
  const ran: string[] = [];
  const handler = streamHandler({
    region: 'us-east-2',
    logger: silentLogger,
    ...(epoch === undefined ? {} : { gate: () => ({ epoch }) }),
    work: async (_data, { sequenceNumber }) => {
      ran.push(sequenceNumber);
      if (broken.includes(sequenceNumber)) throw new Error('broken');
    },
  });
  return { handler, ran };
}

test('BP-19: stops at the first failure and reports the lowest place alone', async () => {
  const { handler, ran } = worker(['2', '4']);
  const answer = await handler({ Records: ['1', '2', '3', '4', '5'].map(at => kinesis(at)) });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(ran).toEqual(['1', '2']);
});

test('BP-19: whatever fails, all before the reported place is worked and nothing behind it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 10 }), async breaks => {
      const places = breaks.map((_, index) => String(100 + index));
      const { handler, ran } = worker(places.filter((_, index) => breaks[index]));
      const { batchItemFailures } = await handler({ Records: places.map(at => kinesis(at)) });
      const first = breaks.indexOf(true);
      const reported = first === -1 ? [] : [{ itemIdentifier: places[first] }];
      expect(batchItemFailures).toEqual(reported);
      expect(ran).toEqual(first === -1 ? places : places.slice(0, first + 1));
    }),
    { numRuns: 50 },
  );
});

test('a record that is no JSON fails in its turn; one without a place fails the batch (BP-18)', async () => {
  const { handler, ran } = worker(['']);
  const records = [kinesis('1'), kinesis('2', Buffer.from('{').toString('base64')), kinesis('3')];
  expect(await handler({ Records: records })).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(ran).toEqual(['1']);
  await expect(handler({ Records: [kinesis('')] })).rejects.toThrow(/no sequence number/);
});

test('a DynamoDB record is handed over whole', async () => {
  const seen: unknown[] = [];
  const handler = streamHandler({
    region: 'us-east-2',
    logger: silentLogger,
    work: async data => void seen.push(data),
  });
  const record = { eventName: 'INSERT', dynamodb: { SequenceNumber: '7', NewImage: { a: { S: 'b' } } } };
  expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual([record]);
});

test('a Kafka batch keeps each partition in order and fails whole, for no single place says where to go on', async () => {
  const topic = (offset: number) => ({ offset, value: base64(offset) });
  const { handler, ran } = worker(['4']);
  const good = { 'orders-0': [topic(1), topic(2)], 'orders-1': [topic(1)] };
  expect(await handler({ records: good })).toEqual({ batchItemFailures: [] });
  expect(ran).toEqual(['1', '2', '1']);
  await expect(handler({ records: { 'orders-0': [topic(3), topic(4), topic(5)] } })).rejects.toThrow(
    /offset 4/,
  );
  expect(ran).not.toContain('5');
});

test('a standby hands the batch back from its first record and works nothing', async () => {
  const { handler, ran } = worker([], () => Promise.reject(new RuntimeError('not-active', 'not here')));
  const answer = await handler({ Records: [kinesis('1'), kinesis('2')] });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  expect(ran).toEqual([]);
});
