import { FakeEndpoint, jsonError } from './fake-endpoint';

const EAST = 'us-east-2';
const WEST = 'us-west-2';
const ACTIVE = { epoch: 4, phase: 'active', region: EAST } as const;
const FENCING = { epoch: 5, phase: 'fencing', region: WEST } as const;

let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

describe('the register table', () => {
  test('is read strongly consistent, at the endpoint of the Region that is named', async () => {
    endpoint.replies = {
      GetItem: () => ({
        body: {
          Item: {
            pk: { S: 'register' },
            epoch: { N: '4' },
            phase: { S: 'active' },
            region: { S: EAST },
            updatedBy: { S: 'drill:x' },
            updatedAt: { S: '2026-11-26T10:00:00.000Z' },
          },
        },
      }),
    };
    const state = await endpoint.cloud().readRegister(WEST);
    expect(state).toEqual({ record: ACTIVE, updatedBy: 'drill:x', updatedAt: '2026-11-26T10:00:00.000Z' });
    expect(endpoint.sent[0]?.region).toBe(WEST);
    expect(endpoint.sent[0]?.json).toMatchObject({
      TableName: 'orders-register',
      Key: { pk: { S: 'register' } },
      ConsistentRead: true,
    });
  });

  test('before birth there is nothing', async () => {
    endpoint.replies = { GetItem: () => ({ body: {} }) };
    expect(await endpoint.cloud().readRegister(EAST)).toBeUndefined();
  });

  test('is raised only from exactly what was read', async () => {
    endpoint.replies = { PutItem: () => ({ body: {} }) };
    expect(await endpoint.cloud().raiseRegister(WEST, { from: ACTIVE, to: FENCING, by: 'drill:y' })).toBe(
      true,
    );
    expect(endpoint.sent[0]?.json).toMatchObject({
      Item: { epoch: { N: '5' }, phase: { S: 'fencing' }, region: { S: WEST }, updatedBy: { S: 'drill:y' } },
      ConditionExpression: '#epoch = :epoch AND #phase = :phase AND #region = :region',
      ExpressionAttributeValues: { ':epoch': { N: '4' }, ':phase': { S: 'active' }, ':region': { S: EAST } },
    });
  });

  test('whether it may be written is asked by a write that no register can accept', async () => {
    const cloud = endpoint.cloud();
    endpoint.replies = { PutItem: () => jsonError('com.amazonaws#ConditionalCheckFailedException') };
    expect(await cloud.mayRaiseRegister(WEST)).toBe(true);
    expect(endpoint.sent[0]?.json).toMatchObject({
      ConditionExpression: '#epoch = :epoch AND #phase = :phase AND #region = :region',
      ExpressionAttributeValues: { ':epoch': { N: '-1' } },
    });
    endpoint.replies = { PutItem: () => jsonError('AccessDeniedException') };
    await expect(cloud.mayRaiseRegister(WEST)).rejects.toMatchObject({ code: 'refused' });
  });

  test('a condition that does not hold is an answer, not an error', async () => {
    endpoint.replies = { PutItem: () => jsonError('com.amazonaws#ConditionalCheckFailedException') };
    const cloud = endpoint.cloud();
    expect(await cloud.raiseRegister(WEST, { from: ACTIVE, to: FENCING, by: 'me' })).toBe(false);
    expect(await cloud.createRegister(EAST, ACTIVE, 'birth')).toBe(false);
    expect(cloud.calls().map(call => call.result)).toEqual([
      'ConditionalCheckFailedException',
      'ConditionalCheckFailedException',
    ]);
  });

  test('is born once', async () => {
    endpoint.replies = { PutItem: () => ({ body: {} }) };
    expect(await endpoint.cloud().createRegister(EAST, ACTIVE, 'birth')).toBe(true);
    expect(endpoint.sent[0]?.json).toMatchObject({ ConditionExpression: 'attribute_not_exists(pk)' });
  });
});

describe('the drill lock', () => {
  const lock = { holder: 'a', drillId: 'd', epoch: 5, heartbeatAt: 'now', leaseSeconds: 3 };

  test('is taken when free', async () => {
    endpoint.replies = { PutItem: () => ({ body: {} }) };
    expect(await endpoint.cloud().takeLock(WEST, lock)).toBe(true);
    expect(endpoint.sent[0]?.json).toMatchObject({
      Item: { pk: { S: 'drill-lock' }, holder: { S: 'a' }, epoch: { N: '5' } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  });

  test('is taken over only with the heartbeat that was seen, and never by an older epoch', async () => {
    endpoint.replies = { PutItem: () => jsonError('ConditionalCheckFailedException') };
    const seen = { ...lock, holder: 'b', heartbeatAt: 'then', epoch: 9 };
    expect(await endpoint.cloud().takeLock(WEST, lock, seen)).toBe(false);
    expect(endpoint.sent[0]?.json).toMatchObject({
      ConditionExpression: '#holder = :holder AND #drill = :drill AND #beat = :beat AND #epoch <= :epoch',
      ExpressionAttributeValues: { ':holder': { S: 'b' }, ':beat': { S: 'then' }, ':epoch': { N: '5' } },
    });
  });

  test('is renewed and released by its holder alone', async () => {
    endpoint.replies = { PutItem: () => ({ body: {} }), DeleteItem: () => ({ body: {} }) };
    const cloud = endpoint.cloud();
    expect(await cloud.renewLock(WEST, lock)).toBe(true);
    await cloud.releaseLock(WEST, lock);
    for (const sent of endpoint.sent) {
      expect(sent.json).toMatchObject({ ConditionExpression: '#holder = :holder AND #drill = :drill' });
    }
  });

  test('that was never taken is read as nothing', async () => {
    endpoint.replies = { GetItem: () => ({ body: {} }) };
    expect(await endpoint.cloud().readLock(WEST)).toBeUndefined();
  });
});

test('a home has a record, a lock and a journal of its own, a database, and a stack of its data', async () => {
  endpoint.replies = {
    GetItem: () => ({ body: {} }),
    PutItem: () => ({ body: {} }),
    DeleteItem: () => ({ body: {} }),
  };
  const cloud = endpoint.cloud('east');
  const lock = { holder: 'h', drillId: 'd', epoch: 1, heartbeatAt: 't', leaseSeconds: 30 };
  await cloud.readRegister(WEST);
  await cloud.raiseRegister(WEST, { from: ACTIVE, to: FENCING, by: 'drill:y' });
  await cloud.readLock(WEST);
  await cloud.takeLock(WEST, lock);
  await cloud.releaseLock(WEST, lock);
  await cloud.readJournalCopy(WEST);
  await cloud.writeJournalCopy(WEST, { drillId: 'd', version: 'v', text: 't' });
  const keys = endpoint.sent.map(({ json }) => {
    const { Key, Item } = json as { Key?: { pk: { S: string } }; Item?: { pk: { S: string } } };
    return (Key ?? Item)?.pk.S;
  });
  expect(keys).toEqual([
    ...['register/east', 'register/east'],
    ...['drill-lock/east', 'drill-lock/east', 'drill-lock/east'],
    ...['drill-journal/east', 'drill-journal/east'],
  ]);
});
