import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../lib/runtime/clock';
import { fixedSource } from '../../../lib/runtime/discovery/fixed-source';
import { mutualTlsAgent, mutualTlsServer } from '../../../lib/runtime/discovery/mutual-tls';
import { isTransientCall, ServiceClient } from '../../../lib/runtime/discovery/service-client';
import { ServiceEndpoints } from '../../../lib/runtime/discovery/service-endpoints';
import { fullJitter } from '../../../lib/runtime/policy/backoff';
import { Budget } from '../../../lib/runtime/policy/budget';
import { withDeadline } from '../../../lib/runtime/policy/deadline';
import { policy } from '../../../lib/runtime/policy/policy';
import { withCorrelationId } from '../../../lib/runtime/telemetry/correlation';
import { TestAuthority } from '../../helpers/certificates';

const authority = new TestAuthority();
const asked: Array<{ path?: string; deadline: string | string[] | undefined; id: unknown; body: string }> =
  [];
let answer: (response: ServerResponse, count: number) => void;
const server = https.createServer(
  mutualTlsServer(authority.issue('stock')),
  async (message: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of message) body += chunk;
    const { 'x-holdfast-deadline-ms': deadline, 'x-correlation-id': id } = message.headers;
    asked.push({ path: message.url, deadline, id, body });
    answer(response, asked.length);
  },
);
const agent = mutualTlsAgent(authority.issue('orders'), 'stock');
let port: number;

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  asked.splice(0);
  answer = response => response.end('{"left":3}');
});
afterAll(async () => {
  agent.destroy();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

/** `ports` are those of the endpoints. */
async function client(ports: readonly number[] = [port], attempts = 3): Promise<ServiceClient> {
  const endpoints = new ServiceEndpoints({
    service: 'stock',
    source: fixedSource(ports.map(at => ({ id: String(at), host: '127.0.0.1', port: at }))),
    clock: systemClock,
    random: () => 0,
  });
  await endpoints.refresh();
  return new ServiceClient({
    service: 'stock',
    endpoints,
    agent: () => agent,
    policy: policy({
      random: () => 0,
      transient: isTransientCall,
      timeoutMilliseconds: 500,
      retry: {
        attempts,
        backoff: fullJitter({ baseMilliseconds: 1, capMilliseconds: 1 }),
        budget: new Budget({ ratio: 1, reserve: 9, start: 9 }),
      },
    }),
  });
}

test('the time that is left and the correlation id travel with the call', async () => {
  const stock = await client();
  const call = () => withCorrelationId('c-7', () => stock.post('/take', { item: 'nut' }));
  expect(await withDeadline(400, call)).toEqual({ status: 200, body: { left: 3 } });
  expect(asked).toEqual([{ path: '/take', deadline: expect.any(String), id: 'c-7', body: '{"item":"nut"}' }]);
  const sent = Number(asked[0]?.deadline);
  expect(sent).toBeGreaterThan(200);
  expect(sent).toBeLessThanOrEqual(395);
});

test('with no time left nobody is asked, and no endpoint is blamed', async () => {
  const stock = await client();
  await expect(withDeadline(4, () => stock.post('/take', {}))).rejects.toMatchObject({ code: 'deadline' });
  expect(asked).toEqual([]);
});

test('what answers 503 is asked again, and one that is gone is named', async () => {
  answer = (response, count) => void response.writeHead(count === 1 ? 503 : 200).end('{}');
  expect((await (await client()).post('/take', {})).status).toBe(200);
  expect(asked).toHaveLength(2);
  const gone = https.createServer();
  await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
  const closed = (gone.address() as AddressInfo).port;
  await new Promise(resolve => gone.close(resolve));
  await expect((await client([closed], 1)).post('/take', {})).rejects.toThrow(
    `stock at 127.0.0.1:${closed} does not answer`,
  );
});

test.each([401, 403])('who is not let in (%i) asks once', async status => {
  answer = response => void response.writeHead(status).end('{}');
  await expect((await client()).post('/take', {})).rejects.toThrow(
    `does not let this service call it: ${status}`,
  );
  expect(asked).toHaveLength(1);
});

test('an answer that the service meant is data, whatever its status', async () => {
  answer = response => void response.writeHead(409).end('{"error":"taken"}');
  expect(await (await client()).post('/take', {})).toEqual({ status: 409, body: { error: 'taken' } });
  expect(asked).toHaveLength(1);
});

test.each([
  ['no JSON', 'nothing', /without JSON/],
  ['more than is read', `"${'x'.repeat(70_000)}"`, /longer than/],
])('an answer with %s is none', async (_what, body, reason) => {
  answer = response => void response.end(body);
  await expect((await client([port], 1)).post('/take', {})).rejects.toThrow(reason);
});

test('silence ends with the attempt', async () => {
  answer = () => undefined;
  await expect(withDeadline(60, async () => (await client()).post('/take', {}))).rejects.toMatchObject({
    code: 'deadline',
  });
  expect(asked).toHaveLength(1);
});
