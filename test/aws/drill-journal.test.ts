import { gunzipSync } from 'node:zlib';
import { FakeEndpoint, jsonError } from './fake-endpoint';

const WEST = 'us-west-2';
const copy = { drillId: 'switchover-1', version: 'me/switchover-1/2', text: '{"type":"begin"}\n' };

let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

describe('the copy of the journal', () => {
  test('is written compressed, beside the register, and read back as it was', async () => {
    let item: { readonly journal?: { readonly B: string } } | undefined;
    endpoint.replies = {
      PutItem: ({ json }) => {
        item = json.Item as typeof item;
        return { body: {} };
      },
      GetItem: () => ({ body: { Item: item } }),
    };
    const cloud = endpoint.cloud();
    expect(await cloud.writeJournalCopy(WEST, copy)).toBe(true);
    expect(await cloud.readJournalCopy(WEST)).toEqual(copy);
    const [put, get] = endpoint.sent;
    expect(put?.json).toMatchObject({
      TableName: 'orders-register',
      Item: { pk: { S: 'drill-journal' }, drillId: { S: 'switchover-1' }, version: { S: copy.version } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(gunzipSync(Buffer.from(item?.journal?.B ?? '', 'base64')).toString()).toBe(copy.text);
    expect([get?.region, get?.json.ConsistentRead]).toEqual([WEST, true]);
  });

  test('replaces only what was seen', async () => {
    endpoint.replies = { PutItem: () => jsonError('ConditionalCheckFailedException') };
    expect(await endpoint.cloud().writeJournalCopy(WEST, copy, 'me/switchover-1/1')).toBe(false);
    expect(endpoint.sent[0]?.json).toMatchObject({
      ConditionExpression: '#version = :version',
      ExpressionAttributeValues: { ':version': { S: 'me/switchover-1/1' } },
    });
  });

  test('that would not fit into an item is refused before it is sent', async () => {
    const noise = Array.from({ length: 90_000 }, (_, index) => Math.sin(index + 1)).join();
    await expect(endpoint.cloud().writeJournalCopy(WEST, { ...copy, text: noise })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('380000 can be kept'),
    });
    expect(endpoint.sent).toEqual([]);
  });

  test('that is damaged is refused, not taken for an empty one', async () => {
    const Item = { pk: { S: 'drill-journal' }, journal: { B: Buffer.from('no gzip').toString('base64') } };
    endpoint.replies = { GetItem: () => ({ body: { Item } }) };
    await expect(endpoint.cloud().readJournalCopy(WEST)).rejects.toMatchObject({ code: 'refused' });
  });

  test('there is none before the first drill', async () => {
    endpoint.replies = { GetItem: () => ({ body: {} }) };
    expect(await endpoint.cloud().readJournalCopy(WEST)).toBeUndefined();
  });
});
