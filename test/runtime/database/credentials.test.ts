import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheTokens } from '../../../lib/runtime/cache/cache-credentials';
import { databaseCredentials } from '../../../lib/runtime/database/database-credentials';
import type { DatabaseSettings } from '../../../lib/runtime/environment/environment';

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' });
});

const settings: DatabaseSettings = {
  host: 'writer',
  port: 5432,
  name: 'orders',
  user: 'service',
  authentication: { kind: 'iam' },
};
const makePassword = (made: ReturnType<typeof databaseCredentials>) =>
  (made.password as () => Promise<string>)();

test('by IAM: a token for the very host, always over verified TLS', async () => {
  const made = databaseCredentials(settings, 'reader', 'us-east-2');
  expect(made.ssl).toMatchObject({ rejectUnauthorized: true });
  const token = await makePassword(made);
  expect(token).toMatch(/^reader:5432\/\?Action=connect&DBUser=service&X-Amz-Algorithm=AWS4-HMAC-SHA256&/);
  expect(token).toContain('X-Amz-Signature=');
});

test('by file: the password is read anew for each connection', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-test-'));
  const file = path.join(folder, 'password');
  const made = databaseCredentials(
    { ...settings, authentication: { kind: 'file', path: file } },
    'writer',
    'us-east-2',
  );
  expect(made.ssl).toBeUndefined();
  for (const password of ['first', 'second']) {
    writeFileSync(file, `${password}\n`);
    expect(await makePassword(made)).toBe(password);
  }
  rmSync(folder, { recursive: true });
});

test('a cache token is a presigned connect request without its scheme, good for 15 minutes', async () => {
  const token = await cacheTokens({ cacheId: 'orders-us-east-2', user: 'service' }, 'us-east-2')();
  expect(token.startsWith('orders-us-east-2/?')).toBe(true);
  const query = new URLSearchParams(token.slice(token.indexOf('?') + 1));
  expect(Object.fromEntries(query)).toMatchObject({
    Action: 'connect',
    User: 'service',
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(query.get('X-Amz-Credential')).toMatch(/^AKIDEXAMPLE\/\d{8}\/us-east-2\/elasticache\/aws4_request$/);
});
