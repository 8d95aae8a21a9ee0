import fc from 'fast-check';
import { type QueueRecord, workBatch } from '../../../lib/runtime/queue/work-batch';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

const STANDARD = 'arn:aws:sqs:us-east-2:000000000000:orders';
const FIFO = `${STANDARD}.fifo`;

const record = (id: string, group?: string, body = JSON.stringify({ id })): QueueRecord => ({
  messageId: id,
  body,
  attributes: { ApproximateReceiveCount: '1', ...(group === undefined ? {} : { MessageGroupId: group }) },
  eventSourceARN: group === undefined ? STANDARD : FIFO,
});

/** Works the records; those named in `broken` throw. Tells what ran, in order, and what is to come again. */
async function run(records: readonly QueueRecord[], broken: readonly string[], concurrency = 10) {
  const ran: string[] = [];
  const answer = await workBatch(records, {
    logger: silentLogger,
    concurrency,
    work: async ({ body, id }) => {
      await Promise.resolve();
      ran.push(id);
      if (broken.includes((body as { id: string }).id)) throw new Error('broken');
    },
  });
  return { ran, failed: answer.batchItemFailures.map(item => item.itemIdentifier), answer };
}

test('BP-16: in a FIFO queue nothing of a group runs after its failure', async () => {
  const group = ['r1', 'r2', 'r3', 'r4', 'r5'].map(id => record(id, 'A'));
  const { ran, failed } = await run(group, ['r3']);
  expect(ran).toEqual(['r1', 'r2', 'r3']);
  expect(failed).toEqual(['r3', 'r4', 'r5']);
});

test('BP-16, groups interleaved: the rest of the failed group alone comes again, and the other keeps its order', async () => {
  const mixed = [
    record('A1', 'A'),
    record('B1', 'B'),
    record('A2', 'A'),
    record('B2', 'B'),
    record('A3', 'A'),
    record('B3', 'B'),
  ];
  const { ran, failed } = await run(mixed, ['A2']);
  expect(failed).toEqual(['A2', 'A3']);
  expect(ran.filter(id => id.startsWith('B'))).toEqual(['B1', 'B2', 'B3']);
  expect(ran).not.toContain('A3');
});

test('BP-17: a body that is no JSON fails itself alone', async () => {
  const { ran, failed } = await run([record('a'), record('b', undefined, '{not json'), record('c')], []);
  expect(ran).toEqual(['a', 'c']);
  expect(failed).toEqual(['b']);
});

test('BP-17: what is logged of a broken body is not the body', async () => {
  const warn = jest.fn();
  const secret = record('a', undefined, '{"password": hunter2');
  await workBatch([secret], { logger: { ...silentLogger, warn }, work: async () => undefined });
  expect(JSON.stringify(warn.mock.calls)).not.toContain('hunter2');
});

test.each([undefined, '', null])('BP-18: a failed message with the id %p fails the whole batch', async id => {
  const nameless = { ...record('x'), messageId: id } as QueueRecord;
  await expect(run([record('a'), nameless], ['x'])).rejects.toThrow(/no id, so the whole batch fails/);
  await expect(run([record('a'), nameless], [])).resolves.toMatchObject({ failed: [] });
});

test('BP-18: an answer names each failed message of the batch once, and nothing else', async () => {
  const one = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    group: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    body: fc.option(fc.constantFrom('{', '', 'null', '[]'), { nil: undefined }),
  });
  const batches = fc.array(one, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(batches, fc.boolean(), fc.integer({ min: 1, max: 4 }), async (batch, fifo, lanes) => {
      const records = batch.map(({ id, group, body }) =>
        record(id, fifo ? (group ?? 'C') : undefined, body ?? JSON.stringify({ id })),
      );
      const { answer, failed } = await run(records, ['b', 'd'], lanes);
      expect(Object.keys(answer)).toEqual(['batchItemFailures']);
      expect(new Set(failed).size).toBe(failed.length);
      for (const id of failed) expect(records.map(({ messageId }) => messageId)).toContain(id);
    }),
    { numRuns: 60 },
  );
});

test('every message either ran to its end or is reported, and each group ran in its order', async () => {
  const batches = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.boolean()), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 4 }), async (batch, lanes) => {
      const records = batch.map(([group], index) => record(`${group}${index}`, group));
      const broken = batch.flatMap(([group, breaks], index) => (breaks ? [`${group}${index}`] : []));
      const { ran, failed } = await run(records, broken, lanes);
      for (const group of ['A', 'B', 'C']) {
        const all = records.map(({ messageId }) => messageId).filter(id => id?.startsWith(group));
        const first = all.findIndex(id => broken.includes(String(id)));
        const end = first === -1 ? all.length : first;
        expect(ran.filter(id => id.startsWith(group))).toEqual(all.slice(0, end + 1));
        expect(failed.filter(id => id.startsWith(group))).toEqual(all.slice(end));
      }
    }),
    { numRuns: 60 },
  );
});
