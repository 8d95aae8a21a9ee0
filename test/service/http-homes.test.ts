import { request } from 'node:http';
import { systemClock } from '../../lib/runtime/clock';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { cachePrefix, keyScope } from '../../lib/service/cache-keys';
import { healthRoutes } from '../../lib/service/http/health-routes';
import type { HttpExchangeOptions } from '../../lib/service/http/http-exchange';
import { homeOfHost } from '../../lib/service/http/http-homes';
import { HttpServer } from '../../lib/service/http/http-server';

const answering = (home: string): HttpExchangeOptions => ({
  routes: [{ method: 'GET', pattern: /^\/orders$/, handle: async () => ({ status: 200, body: { home } }) }],
  ...{ clock: systemClock, logger: silentLogger, makeId: () => 'id' },
  facts: () => ({ region: 'us-east-2', epoch: home === 'east' ? 4 : 9, retryAfterSeconds: 1 }),
});

let server: HttpServer;
let port: number;
beforeAll(async () => {
  server = new HttpServer({
    ...answering('nobody'),
    routes: healthRoutes(() => ({ ready: true })),
    facts: () => ({ region: 'us-east-2', epoch: undefined, retryAfterSeconds: 1 }),
    homes: new Map(['east', 'west'].map(home => [home, answering(home)])),
  });
  port = await server.listen('127.0.0.1', 0);
});
afterAll(() => server.stop(0));

/** By node:http: fetch takes no Host header of ours. */
const ask = (host: string, path = '/orders') =>
  new Promise<{ status?: number; epoch?: unknown; body: object }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { host } }, async answer => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({
        status: answer.statusCode,
        epoch: answer.headers['x-holdfast-epoch'],
        body: JSON.parse(text),
      });
    });
    sent.on('error', reject).end();
  });

test.each([
  ['home-east.orders.example.com', 'east', '4'],
  ['home-west.orders.example.com:8080', 'west', '9'],
  ['us-west-2.home-east.orders.example.com', 'east', '4'],
])('%s is answered by home %s at its epoch', async (host, home, epoch) => {
  expect(await ask(host)).toEqual({ status: 200, epoch, body: { home } });
});

test.each([
  'orders.example.com',
  'home-north.orders.example.com',
  '127.0.0.1',
  'shome-east.orders.example.com',
])('%s is nobody’s: told, with the homes there are, and never answered by some home', async host => {
  expect(await ask(host)).toMatchObject({
    status: 421,
    body: { error: { code: 'home', homes: ['east', 'west'] } },
  });
});

test('whoever watches the clone as a whole names no home', async () => {
  expect(await ask('10.0.0.7:8080', '/readyz')).toMatchObject({ status: 200, body: { ready: true } });
});

test('keys on the shared cache are those of one home', () => {
  const scopes = [{}, { home: 'east' }, { home: 'west' }].map(of =>
    keyScope({ application: 'orders', ...of }),
  );
  expect(scopes.map(cachePrefix)).toEqual(['orders:cache:', 'orders:east:cache:', 'orders:west:cache:']);
  expect(homeOfHost(undefined)).toBeUndefined();
});
