import type { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { feedBatch, type Row, rowOf } from '../../../lib/runtime/changes/analytics-feed';
import { type Change, changeOf } from '../../../lib/runtime/changes/change';
import { publishChanges } from '../../../lib/runtime/changes/change-publisher';
import { firehoseRows } from '../../../lib/runtime/changes/firehose-rows';
import { putAll } from '../../../lib/runtime/changes/put-all';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

const clock = { sleep: async () => undefined };
const TABLE_RECORD = {
  eventID: 'e1',
  eventName: 'MODIFY',
  eventSourceARN: 'arn:aws:dynamodb:us-east-2:000000000000:table/orders/stream/1',
  dynamodb: {
    ApproximateCreationDateTime: 1_767_225_600,
    Keys: { pk: { S: 'o1' }, sk: { N: '2' } },
    OldImage: { pk: { S: 'o1' }, open: { BOOL: true } },
    NewImage: {
      pk: { S: 'o1' },
      epoch: { N: '7' },
      total: { N: '12.50' },
      lines: { L: [{ M: { sku: { S: 'a' }, note: { NULL: true } } }] },
    },
  },
};
const CHANGE: Change = {
  id: 'c1',
  entity: 'order',
  key: 'o1',
  type: 'inserted',
  at: '2026-01-01T00:00:00.000Z',
};

test('a record of a table and the JSON of an outbox tell of a change in the same shape', () => {
  expect(changeOf(TABLE_RECORD)).toEqual({
    id: 'e1',
    entity: 'orders',
    key: 'o1/2',
    type: 'modified',
    at: '2026-01-01T00:00:00.000Z',
    epoch: 7,
    before: { pk: 'o1', open: true },
    after: { pk: 'o1', epoch: 7, total: '12.50', lines: [{ sku: 'a', note: null }] },
  });
  expect(changeOf(CHANGE)).toBe(CHANGE);
});

test.each([
  ['no object', [1]],
  ['an unknown kind of change', { ...CHANGE, type: 'changed' }],
  ['no id', { ...CHANGE, id: '' }],
  ['a table record of another kind', { ...TABLE_RECORD, eventName: 'TRUNCATE' }],
])('%s is refused', (_case, data) => {
  expect(() => changeOf(data)).toThrow(/tells of no change/);
});

test('a row has the columns asked for, and both images whole', () => {
  expect(rowOf(changeOf(TABLE_RECORD), ['total', 'lines', 'missing'])).toEqual({
    total: '12.50',
    lines: '[{"sku":"a","note":null}]',
    missing: null,
    change_id: 'e1',
    entity: 'orders',
    entity_key: 'o1/2',
    change_type: 'modified',
    changed_at: '2026-01-01 00:00:00.000',
    epoch: 7,
    before_image: '{"pk":"o1","open":true}',
    after_image: expect.stringContaining('"total":"12.50"'),
  });
});

const records = (data: readonly unknown[]) =>
  data.map((value, index) => ({ sequenceNumber: String(index + 1), partitionKey: '', read: () => value }));

test('BP-19: what stands before a record that tells of no change is delivered, and that one is reported alone', async () => {
  const delivered: Row[] = [];
  const deliver = async (rows: readonly Row[]) => void delivered.push(...rows);
  const batch = records([CHANGE, CHANGE, { no: 'change' }, CHANGE]);
  const answer = await feedBatch(batch, { deliver, columns: [], logger: silentLogger });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
  expect(delivered).toHaveLength(2);
});

test('rows that were not delivered come again from the first of them', async () => {
  const deliver = jest.fn().mockResolvedValueOnce(undefined).mockRejectedValue(new Error('throttled'));
  const batch = records(Array.from({ length: 600 }, () => CHANGE));
  const answer = await feedBatch(batch, { deliver, columns: [], logger: silentLogger });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '501' }] });
});

test('whatever is refused on the way, all is taken in the end and nothing overtakes what stands before it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1200), fc.array(fc.nat(700), { maxLength: 4 }), async (count, refusals) => {
      const taken: number[] = [];
      const left = [...refusals];
      const items = Array.from({ length: count }, (_, index) => index);
      await putAll(items, {
        clock,
        bytes: () => 10_000,
        put: async batch => {
          expect(batch.length).toBeLessThanOrEqual(400);
          const at = left.shift();
          const refused = at === undefined || at >= batch.length ? -1 : at;
          taken.push(...batch.slice(0, refused === -1 ? batch.length : refused));
          return refused;
        },
      });
      expect(taken).toEqual(items);
    }),
    { numRuns: 40 },
  );
});

test('what is never taken is an error after a bounded number of attempts, with growing pauses', async () => {
  const pauses: number[] = [];
  const slow = { sleep: async (milliseconds: number) => void pauses.push(milliseconds) };
  await expect(
    putAll([1, 2], { put: async () => 0, clock: slow, bytes: () => 1, retries: 2 }),
  ).rejects.toThrow(/2 of 2 items were not taken/);
  expect(pauses).toEqual([200, 400]);
});

test('Firehose is sent lines, and again those that it did not take', async () => {
  const sent: string[][] = [];
  const answers = [
    { FailedPutCount: 1, RequestResponses: [{}, { ErrorCode: 'Slow' }] },
    { FailedPutCount: 0 },
  ];
  const send = async ({ input }: PutRecordBatchCommand) => {
    sent.push((input.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
    return answers.shift();
  };
  const client = { send } as unknown as FirehoseClient;
  await firehoseRows({ client, deliveryStream: 'd', clock })([{ a: 1 }, { a: 2 }]);
  expect(sent).toEqual([['{"a":1}\n', '{"a":2}\n'], ['{"a":2}\n']]);
});

test('an outbox publishes the changes of one thing to one shard, and again what was not taken', async () => {
  const sent: Array<Array<string | undefined>> = [];
  const answers = [{ FailedRecordCount: 1, Records: [{ ErrorCode: 'Slow' }] }, { FailedRecordCount: 0 }];
  const send = async ({ input }: PutRecordsCommand) => {
    sent.push((input.Records ?? []).map(({ PartitionKey }) => PartitionKey));
    return answers.shift();
  };
  const client = { send } as unknown as KinesisClient;
  await publishChanges([CHANGE, { ...CHANGE, id: 'c2' }], { client, stream: 's', clock });
  expect(sent).toEqual([
    ['order/o1', 'order/o1'],
    ['order/o1', 'order/o1'],
  ]);
});

test('a call of Kinesis that hangs is given up, so that the worker can go on or stop', async () => {
  const send = (_: object, options?: { readonly abortSignal?: AbortSignal }) =>
    new Promise((_resolve, reject) => {
      options?.abortSignal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const client = { send } as unknown as KinesisClient;
  const published = publishChanges([CHANGE], { client, stream: 's', clock, timeoutMilliseconds: 20 });
  await expect(published).rejects.toMatchObject({ code: 'unavailable' });
});
