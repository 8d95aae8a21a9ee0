import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { defaultProvider } from '../../../lib/runtime/environment/lambda-credentials';

const before = { ...process.env };
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
});
afterAll(() => {
  process.env = before;
});

/** What a client that takes its credentials from there signs with. */
async function signedHeaders(): Promise<Record<string, string>> {
  let headers: Record<string, string> = {};
  const client = new DynamoDBClient({
    region: 'us-east-2',
    maxAttempts: 1,
    credentialDefaultProvider: defaultProvider,
    requestHandler: {
      handle: async (request: { headers: Record<string, string> }) => {
        headers = request.headers;
        throw new Error('sent');
      },
    } as never,
  });
  const call = client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1' } } }));
  await expect(call).rejects.toThrow('sent');
  return headers;
}

test('a client signs with the key and the session of the function', async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'key-of-the-function',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
  });
  const headers = await signedHeaders();
  expect(headers.authorization).toContain('Credential=key-of-the-function/');
  expect(headers['x-amz-security-token']).toBe('session');
});

test('lasting keys have no session', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
  expect(await defaultProvider()()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
});

test.each([
  [{}, 'AWS_ACCESS_KEY_ID'],
  [{ AWS_ACCESS_KEY_ID: 'key' }, 'AWS_SECRET_ACCESS_KEY'],
])('says what is missing of %j', async (given, missing) => {
  Object.assign(process.env, given);
  await expect(defaultProvider()()).rejects.toMatchObject({
    code: 'unavailable',
    problems: [{ path: missing }],
  });
});
