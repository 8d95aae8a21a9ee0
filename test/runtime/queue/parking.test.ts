import { RuntimeError } from '../../../lib/runtime/errors';
import { MemoryIdempotency } from '../../../lib/runtime/idempotency/memory-idempotency';
import { dynamoParking } from '../../../lib/runtime/queue/dynamo-parking';
import { idempotentMessages } from '../../../lib/runtime/queue/idempotent-messages';
import type { ParkedMessage } from '../../../lib/runtime/queue/parking';
import { type QueueWork, queueHandler } from '../../../lib/runtime/queue/queue-handler';
import type { QueueRecord } from '../../../lib/runtime/queue/work-batch';
import { idempotentRecords } from '../../../lib/runtime/stream/idempotent-records';
import { streamHandler } from '../../../lib/runtime/stream/stream-handler';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { SimulatedTables } from '../../helpers/simulated-tables';

const ARN = 'arn:aws:sqs:us-east-2:000000000000:orders';

function record(messageId: string, body: string, receives = 1, group?: string): QueueRecord {
  return {
    messageId,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      ...(group === undefined ? {} : { MessageGroupId: group }),
    },
    messageAttributes: { correlationId: { stringValue: `c-${messageId}` } },
    eventSourceARN: group === undefined ? ARN : `${ARN}.fifo`,
  };
}

function handler(work: QueueWork, fails = false) {
  const parked: ParkedMessage[] = [];
  const park = async (message: ParkedMessage) => {
    if (fails) throw new Error('not reachable');
    parked.push(message);
  };
  const handle = queueHandler({
    work,
    region: 'us-east-2',
    logger: silentLogger,
    parking: { parking: { park } },
  });
  const failed = async (...Records: QueueRecord[]) =>
    (await handle({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { parked, failed };
}

const failing = (code?: ConstructorParameters<typeof RuntimeError>[0]): QueueWork => {
  return async () => {
    throw code === undefined ? new Error('broken') : new RuntimeError(code, 'broken');
  };
};

test('BP-17: what can never be worked is parked at once, whole and with the reason, and reported as done', async () => {
  const { parked, failed } = handler(async () => undefined);
  expect(await failed(record('a', '{}'), record('b', '{not json'), record('c', '{}'))).toEqual([]);
  expect(parked).toEqual([
    {
      id: 'b',
      queue: ARN,
      region: 'us-east-2',
      body: '{not json',
      attributes: { correlationId: 'c-b' },
      reason: 'the body is not JSON',
      code: 'invalid-input',
      receiveCount: 1,
      correlationId: 'c-b',
    },
  ]);
});

test('what fails by itself is parked at its fifth receive; what the world fails never is', async () => {
  const own = handler(failing());
  expect(await own.failed(record('a', '{}', 4), record('b', '{}', 5))).toEqual(['a']);
  expect(own.parked).toMatchObject([{ id: 'b', code: 'unknown', reason: 'broken', receiveCount: 5 }]);
  for (const code of ['unavailable', 'not-active', 'fenced', 'aborted'] as const) {
    const world = handler(failing(code));
    expect(await world.failed(record('a', '{}', 50))).toEqual(['a']);
    expect(world.parked).toEqual([]);
  }
});

test('a message that could not be parked comes again', async () => {
  const { failed } = handler(async () => undefined, true);
  expect(await failed(record('a', '{'))).toEqual(['a']);
});

test('BP-16: a parked message makes way for its group, a failed one does not', async () => {
  const ran: string[] = [];
  const { parked, failed } = handler(async ({ id }) => {
    ran.push(id);
    if (id === 'c') throw new Error('broken');
  });
  const records = [record('a', '{', 1, 'g'), ...['b', 'c', 'd'].map(id => record(id, '{}', 1, 'g'))];
  expect(await failed(...records)).toEqual(['c', 'd']);
  expect(ran).toEqual(['b', 'c']);
  expect(parked).toMatchObject([{ id: 'a', queue: `${ARN}.fifo` }]);
});

test('BP-18: a message without an id is never parked: it fails the batch', async () => {
  const { parked, failed } = handler(async () => undefined);
  await expect(failed({ ...record('', '{'), messageId: undefined })).rejects.toThrow(/no id/);
  expect(parked).toEqual([]);
});

const tables = () => new SimulatedTables({ parked: ['queue', 'id'], keys: ['key_hash'] });
const clock = { now: () => new Date(Date.UTC(2026, 0, 1)) };

test('DynamoDB keeps a parked message once, as it was first', async () => {
  const world = tables();
  const client = { send: async (command: object) => world.run(command) } as never;
  const parking = dynamoParking({ client, table: 'parked', clock });
  const { parked, failed } = handler(async () => undefined);
  await failed(record('b', '{'));
  const message = parked[0] as ParkedMessage;
  await parking.park(message);
  await parking.park({ ...message, reason: 'later' });
  expect(world.items('parked')).toEqual([
    {
      queue: { S: ARN },
      id: { S: 'b' },
      region: { S: 'us-east-2' },
      body: { S: '{' },
      attributes: { S: '{"correlationId":"c-b"}' },
      reason: { S: 'the body is not JSON' },
      code: { S: 'invalid-input' },
      receive_count: { N: '1' },
      correlation_id: { S: 'c-b' },
      parked_at: { S: '2026-01-01T00:00:00.000Z' },
    },
  ]);
  await expect(parking.park({ ...message, id: '' })).rejects.toThrow('ValidationException');
});

test('BP-19: a stream parks what can never be worked and goes on; whatever else fails stops it', async () => {
  const parked: ParkedMessage[] = [];
  const ran: unknown[] = [];
  const handle = streamHandler({
    region: 'us-east-2',
    logger: silentLogger,
    parking: { park: async message => void parked.push(message) },
    work: async data => {
      ran.push(data);
      if (data === 3) throw new Error('broken');
    },
  });
  const kinesis = (sequenceNumber: string, text: string) => ({
    eventSourceARN: 'arn:stream',
    kinesis: { sequenceNumber, partitionKey: 'p', data: Buffer.from(text).toString('base64') },
  });
  const Records = [kinesis('1', '{'), kinesis('2', '2'), kinesis('3', '3'), kinesis('4', '4')];
  expect(await handle({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
  expect(ran).toEqual([2, 3]);
  expect(parked).toMatchObject([{ id: '1', queue: 'arn:stream', body: '{', code: 'invalid-input' }]);
});

/** A store that remembers its keys. */
function store(keys: string[]) {
  return {
    async once<R>({ scope, key }: { scope: string; key: string }, effect: (effects: null) => Promise<R>) {
      const replayed = keys.includes(`${scope}/${key}`);
      keys.push(`${scope}/${key}`);
      return { response: replayed ? (undefined as R) : await effect(null), replayed };
    },
  };
}

test('work is made idempotent in one line: by the attribute of a message, else by its id; by the place of a record', async () => {
  const keys: string[] = [];
  const effect = jest.fn(async () => 'done');
  const messages = handler(idempotentMessages({ store: () => store(keys), scope: 'q', effect }));
  const keyed = {
    ...record('a', '{}'),
    messageAttributes: { idempotencyKey: { stringValue: 'own' } },
  };
  expect(await messages.failed(keyed, { ...keyed, messageId: 'b' }, record('c', '{}'))).toEqual([]);
  const work = idempotentRecords({ store: store(keys), scope: 's', effect });
  const handle = streamHandler({ region: 'r', logger: silentLogger, work });
  const kinesis = { sequenceNumber: '9', partitionKey: 'p', data: Buffer.from('1').toString('base64') };
  await handle({ Records: [{ kinesis }, { kinesis }] });
  expect(keys).toEqual(['q/own', 'q/own', 'q/c', 's/p/9', 's/p/9']);
  expect(effect).toHaveBeenCalledTimes(3);
});

test('the same work sent again under another epoch is the same work: it is repeated, not refused and parked', async () => {
  const effect = jest.fn(async () => 'done');
  const memory = new MemoryIdempotency({ monotonic: () => 0 });
  const messages = handler(idempotentMessages({ store: memory, scope: 'q', effect }));
  const sent = (id: string, body: object) => ({
    ...record(id, JSON.stringify(body)),
    messageAttributes: { idempotencyKey: { stringValue: 'own' } },
  });
  expect(await messages.failed(sent('a', { order: 1, epoch: 3 }))).toEqual([]);
  expect(await messages.failed(sent('b', { epoch: 4, order: 1 }))).toEqual([]);
  expect(effect).toHaveBeenCalledTimes(1);
  expect(messages.parked).toEqual([]);
  // Any other difference is another request.
  await messages.failed(sent('c', { order: 2, epoch: 4 }));
  expect(messages.parked).toMatchObject([{ id: 'c', code: 'key-reused' }]);
});
