import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { leaderCondition } from '../../../lib/runtime/leader/dynamo-leader-fence';
import { dynamoLeaderStore } from '../../../lib/runtime/leader/dynamo-leader-store';
import { holds, type Input } from '../../helpers/dynamo-condition';

const items = new Map<string, Record<string, { S?: string; N?: string }>>();
let fault: string | undefined;
/** An endpoint that keeps items and judges conditions as they are written, one call after the other. */
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const input = JSON.parse(Buffer.concat(chunks).toString()) as Input & {
    Key?: Record<string, { S: string }>;
    Item?: Record<string, { S?: string; N?: string }>;
    ConsistentRead?: boolean;
  };
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  if (fault === 'hang') return;
  if (fault !== undefined) return void answer(400, { __type: `com.amazonaws.dynamodb.v20120810#${fault}` });
  if (input.Item === undefined) {
    expect(input.ConsistentRead).toBe(true);
    const Item = items.get(input.Key?.pk?.S ?? '');
    return void answer(200, Item === undefined ? {} : { Item });
  }
  const key = input.Item.pk?.S ?? '';
  if (!holds(input, items.get(key) ?? {}))
    return void answer(400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' });
  items.set(key, input.Item);
  answer(200, {});
});
let endpointUrl: string;

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});
beforeEach(() => {
  items.clear();
  fault = undefined;
});

const store = () =>
  dynamoLeaderStore({
    region: 'us-east-2',
    table: 'register',
    name: 'reports',
    endpointUrl,
    timeoutMilliseconds: fault === 'hang' ? 300 : 5_000,
  });
const record = (term: number, beat: number, holder?: string) => ({
  token: { epoch: 4, term },
  beat,
  leaseMilliseconds: 10_000,
  ...(holder === undefined ? {} : { holder }),
});

test('the first win is one of two; the item lies beside the register', async () => {
  const [a, b] = await Promise.all([
    store().take(record(1, 0, 'a'), undefined),
    store().take(record(1, 0, 'b'), undefined),
  ]);
  expect([a, b].filter(Boolean)).toHaveLength(1);
  expect([...items.keys()]).toEqual(['leader#reports']);
  expect(await store().read()).toMatchObject({
    token: { epoch: 4, term: 1 },
    beat: 0,
    leaseMilliseconds: 10_000,
  });
});

test('a renewal needs the holder, the token and a lower beat; a take needs exactly what was seen', async () => {
  await store().take(record(1, 0, 'a'), undefined);
  expect(await store().renew(record(1, 2, 'a'), 'a')).toBe(true);
  expect(await store().renew(record(1, 1, 'a'), 'a')).toBe(false);
  expect(await store().renew(record(1, 3, 'a'), 'b')).toBe(false);
  expect(await store().take(record(2, 0, 'b'), record(1, 1, 'a'))).toBe(false);
  expect(await store().take(record(2, 0, 'b'), record(1, 2, 'a'))).toBe(true);
  expect(await store().renew(record(1, 9, 'a'), 'a')).toBe(false);
  expect(await store().renew(record(2, 1), 'b')).toBe(true);
  expect(await store().read()).toEqual(record(2, 1));
});

test("a write that met another Region's is a take not won, and a renewal not known", async () => {
  fault = 'ReplicatedWriteConflictException';
  expect(await store().take(record(1, 0, 'a'), undefined)).toBe(false);
  await expect(store().renew(record(1, 1, 'a'), 'a')).rejects.toThrow();
});

test('a call without an answer ends in time', async () => {
  fault = 'hang';
  await expect(store().read()).rejects.toMatchObject({ code: 'unavailable' });
});

test('a damaged lease is nobody’s', async () => {
  items.set('leader#reports', { pk: { S: 'leader#reports' }, epoch: { N: '1' } });
  await expect(store().read()).rejects.toMatchObject({ code: 'unavailable' });
});

test('an item refuses a leader of an older term, and of an older epoch whatever its term', async () => {
  const client = new DynamoDBClient({ region: 'us-east-2', endpoint: endpointUrl, maxAttempts: 1 });
  const write = (epoch: number, term: number) => {
    const { attributes, ...condition } = leaderCondition({ epoch, term });
    return client.send(
      new PutItemCommand({ TableName: 't', Item: { pk: { S: 'x' }, ...attributes }, ...condition }),
    );
  };
  await write(2, 7);
  await write(2, 7);
  await expect(write(2, 6)).rejects.toThrow();
  await expect(write(1, 99)).rejects.toThrow();
  await write(3, 1);
  await expect(write(2, 8)).rejects.toThrow();
});
