import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { handler } from '../../lib/handlers/gate';

/** A stand-in for the endpoints of DynamoDB and Parameter Store, as small as the gate's needs. */
const world = {
  register: 'active' as 'active' | 'down' | 'silent',
  memory: undefined as string | undefined,
  keys: [] as string[],
};
let api: Server;

beforeAll(async () => {
  api = createServer((message, response) => {
    const target = String(message.headers['x-amz-target']);
    let body = '';
    message.on('data', chunk => {
      body += chunk;
    });
    message.on('end', () => {
      const send = (status: number, value: object) => {
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(value));
      };
      if (target.endsWith('GetItem')) {
        world.keys.push((JSON.parse(body) as { Key: { pk: { S: string } } }).Key.pk.S);
        const item = { epoch: { N: '3' }, phase: { S: 'active' }, region: { S: 'us-east-2' } };
        if (world.register === 'active') send(200, { Item: item });
        if (world.register === 'down') send(500, { __type: 'InternalServerError' });
      } else if (target.endsWith('PutParameter')) {
        world.memory = (JSON.parse(body) as { Value: string }).Value;
        send(200, { Version: 1 });
      } else if (world.memory === undefined) send(400, { __type: 'ParameterNotFound' });
      else send(200, { Parameter: { Value: world.memory } });
    });
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-2',
    HOLDFAST_APPLICATION: 'orders',
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_GATE_MEMORY: '/orders/gate/last-answer',
    HOLDFAST_LOG_LEVEL: 'error',
  });
});
afterAll(() => api.close());

/** A cold start: the module anew. */
function coldStart(): typeof handler {
  jest.resetModules();
  return jest.requireActual<{ handler: typeof handler }>('../../lib/handlers/gate').handler;
}

test('answers from the register, and after a cold start without it from its memory, in time for a checker', async () => {
  expect(await coldStart()()).toMatchObject({ statusCode: 200, body: '{"active":true,"epoch":3}' });
  expect(world.memory).toBe('{"active":true,"epoch":3}');

  world.register = 'down';
  const stale = { statusCode: 200, body: '{"active":true,"epoch":3,"stale":true}' };
  expect(await coldStart()()).toMatchObject(stale);

  world.register = 'silent';
  const again = coldStart();
  const startedAt = performance.now();
  expect(await again()).toMatchObject(stale);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test('follows the one record of the register, or the record of its home', async () => {
  Object.assign(world, { register: 'active', keys: [] });
  await coldStart()();
  process.env.HOLDFAST_REGISTER_KEY = 'register/eu';
  await coldStart()();
  delete process.env.HOLDFAST_REGISTER_KEY;
  expect(world.keys).toEqual(['register', 'register/eu']);
});
