import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { callerOf, mutualTlsAgent, mutualTlsServer } from '../../../lib/runtime/discovery/mutual-tls';
import { TestAuthority } from '../../helpers/certificates';

const authority = new TestAuthority();
const stranger = new TestAuthority();
const orders = authority.issue('orders', 'orders.internal');
const seen: Array<string | undefined> = [];
const server = https.createServer(mutualTlsServer(authority.issue('stock')), (request, response) => {
  const caller = callerOf(request.socket as TLSSocket, ['orders']);
  seen.push(caller);
  response.writeHead(caller === undefined ? 403 : 200).end();
});

beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});
beforeEach(() => seen.splice(0));

function call(agent: https.Agent): Promise<number | undefined> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const request = https.get({ host: '127.0.0.1', port, agent }, response => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
  }).finally(() => agent.destroy()) as Promise<number | undefined>;
}

test('a service with the right name is answered', async () => {
  expect(await call(mutualTlsAgent(orders, 'stock'))).toBe(200);
  expect(seen).toEqual(['orders']);
});

test('who shows no certificate is refused, and the handler never sees the request', async () => {
  const agent = new https.Agent({ ca: authority.certificate, checkServerIdentity: () => undefined });
  await expect(call(agent)).rejects.toThrow();
  expect(seen).toEqual([]);
});

test('who shows a certificate of another authority is refused', async () => {
  const forged = { ...stranger.issue('orders'), authority: authority.certificate };
  await expect(call(mutualTlsAgent(forged, 'stock'))).rejects.toThrow();
  expect(seen).toEqual([]);
});

test('another service of the same authority is known, and may not call', async () => {
  expect(await call(mutualTlsAgent(authority.issue('reports'), 'stock'))).toBe(403);
  expect(seen).toEqual([undefined]);
});

test('a name with a comma in it does not pass for two', async () => {
  expect(await call(mutualTlsAgent(authority.issue('x, DNS:orders, y'), 'stock'))).toBe(403);
});

test('a caller goes to no server of another name, and to none of another authority', async () => {
  await expect(call(mutualTlsAgent(orders, 'payments'))).rejects.toThrow('is of stock, not of payments');
  const deceived = { ...orders, authority: stranger.certificate };
  await expect(call(mutualTlsAgent(deceived, 'stock'))).rejects.toThrow();
  expect(seen).toEqual([]);
});
