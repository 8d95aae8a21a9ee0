// One clone with two homes: real databases, a register whose records the test writes, requests over HTTP.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { HomesEnvironment } from '../../lib/runtime/environment/homes-environment';
import { parseHomesEnvironment } from '../../lib/runtime/environment/homes-environment';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { startClone } from '../../lib/service/clone/clone';
import type { Running } from '../../lib/service/process';
import { FakeEndpoint } from '../aws/fake-endpoint';
import { freePort } from '../helpers/free-port';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(60_000);

const [HERE, THERE] = ['us-east-2', 'us-west-2'] as const;
const HOMES = ['east', 'west'] as const;
const register: Record<string, { epoch: number; region: string }> = {
  'register/east': { epoch: 4, region: HERE },
  'register/west': { epoch: 1, region: THERE },
};
const endpoint = new FakeEndpoint();
const saved = { ...process.env };
let databases: readonly TestDatabase[];
let clone: Running;
let port: number;

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  await endpoint.start();
  endpoint.replies = {
    GetItem: ({ json }) => {
      const { epoch, region } = register[(json as { Key: { pk: { S: string } } }).Key.pk.S] ?? {};
      return {
        body: { Item: { epoch: { N: String(epoch) }, phase: { S: 'active' }, region: { S: region } } },
      };
    },
  };
  databases = await Promise.all(HOMES.map(() => startDatabase([HERE])));
  port = await freePort();
  clone = await startClone(await environment(), silentLogger);
});
afterAll(async () => {
  await clone?.stop();
  await Promise.all((databases ?? []).map(database => database.stop()));
  await endpoint.stop();
  process.env = saved;
});

async function environment(): Promise<HomesEnvironment> {
  const nowhere = await freePort();
  const own = HOMES.flatMap((home, index) => {
    const settings = (databases[index] as TestDatabase).settings(HERE);
    const prefix = `HOLDFAST_HOME_${home.toUpperCase()}`;
    return [
      [`${prefix}_DATABASE_HOST`, settings.host],
      [`${prefix}_DATABASE_PORT`, String(settings.port)],
      [`${prefix}_DATABASE_AUTH`, `file:${(settings.authentication as { path: string }).path}`],
      [`${prefix}_REGISTER_KEY`, `register/${home}`],
      [`${prefix}_QUEUE_URL`, `http://127.0.0.1:${nowhere}/${home}`],
    ] as const;
  });
  const { name, user } = databases[0]?.settings(HERE) ?? {};
  return parseHomesEnvironment({
    HOLDFAST_APPLICATION: 'orders',
    AWS_REGION: HERE,
    AWS_ENDPOINT_URL: endpoint.access().endpoint,
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_LEASE_SECONDS: '10',
    HOLDFAST_TIME_SCALE: '10',
    HOLDFAST_DRAIN_SECONDS: '0',
    HOLDFAST_HOMES: HOMES.join(','),
    HOLDFAST_DATABASE_NAME: name,
    HOLDFAST_DATABASE_USER: user,
    HOLDFAST_CACHE_URL: `redis://127.0.0.1:${nowhere}`,
    HOLDFAST_CONFIG: 'orders/live/service',
    HOLDFAST_LISTEN: `127.0.0.1:${port}`,
    ...Object.fromEntries(own),
  });
}

interface Answer {
  readonly status: number;
  readonly epoch: unknown;
  readonly body: { readonly id?: string; readonly ready?: boolean; readonly homes?: object };
}

const ask = (host: string, path: string, order?: object) =>
  new Promise<Answer>((resolve, reject) => {
    const headers = { host, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const method = order === undefined ? 'GET' : 'POST';
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, async answer => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({
        status: answer.statusCode ?? 0,
        epoch: answer.headers['x-holdfast-epoch'],
        body: JSON.parse(text),
      });
    });
    sent.on('error', reject).end(order === undefined ? undefined : JSON.stringify(order));
  });
const hostOf = (home: string) => `home-${home}.orders.example.com`;
const place = (home: string) => ask(hostOf(home), '/orders', { item: 'nut', quantity: 1 });

async function until(status: number, home: string): Promise<Answer> {
  for (;;) {
    const answer = await place(home);
    if (answer.status === status) return answer;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

test('each home is written under its own record, and a move of one does not pause the other', async () => {
  const first = await until(201, 'east');
  expect(first.epoch).toBe('4');
  expect((await place('west')).status).toBe(503);
  expect((await ask(hostOf('east'), `/orders/${first.body.id}`)).status).toBe(200);

  // West comes here, and later east leaves; whoever stays writes all the while.
  register['register/west'] = { epoch: 2, region: HERE };
  const moved = until(201, 'west');
  let done = false;
  void moved.then(() => {
    done = true;
  });
  while (!done) expect((await place('east')).status).toBe(201);
  expect((await moved).epoch).toBe('2');
  expect((await ask(hostOf('west'), `/orders/${first.body.id}`)).status).toBe(404);

  register['register/east'] = { epoch: 5, region: THERE };
  const left = until(503, 'east');
  done = false;
  void left.then(() => {
    done = true;
  });
  while (!done) expect((await place('west')).status).toBe(201);
  expect((await left).epoch).toBe('5');
});

test('the clone as a whole is ready while a home is, and tells of each', async () => {
  const { status, body } = await ask('10.0.0.7', '/readyz');
  expect([status, body.ready]).toEqual([200, true]);
  expect(body.homes).toMatchObject({
    east: { role: 'standby' },
    west: { ready: true, role: 'active', epoch: 2 },
  });
  expect((await ask('orders.example.com', '/orders')).status).toBe(421);
});
