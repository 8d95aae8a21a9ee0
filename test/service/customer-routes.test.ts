import { withCustomers } from '../../lib/service/customers/customer-routes';
import type { HttpRequest, Route } from '../../lib/service/http/http-types';

const accepted = { id: 'i', item: 'nut', quantity: 1, status: 'accepted', epoch: 1, region: 'r' } as const;
const old = (method: 'GET' | 'POST'): Route => ({
  method,
  pattern: /^\/orders$/,
  handle: async request => ({
    status: 299,
    body: method === 'POST' ? ((await request.json()) as object) : {},
  }),
});
const asked: unknown[] = [];
const routes = withCustomers([old('POST'), old('GET')], {
  orders: {
    accept: async attempt => {
      asked.push(attempt.request);
      return { order: accepted, replayed: true };
    },
  },
  reads: {
    byCustomer: async (...query) => {
      asked.push(query);
      return { orders: [], next: null };
    },
  },
  maximumQuantity: () => 10,
});

function ask(method: 'GET' | 'POST', { body = {} as object, query = '', key = 'k' } = {}) {
  let reads = 0;
  const request: HttpRequest = {
    method,
    query: () => new URLSearchParams(query),
    peerAddress: undefined,
    client: () => undefined,
    gone: () => false,
    parameters: [],
    correlationId: 'c',
    header: name => (name === 'idempotency-key' ? key : undefined),
    // A body is a stream: it can be read once.
    json: async () => {
      reads += 1;
      if (reads > 1) throw new Error('read twice');
      return body;
    },
  };
  const route = routes.find(candidate => candidate.method === method) as Route;
  return route.handle(request);
}

beforeEach(() => asked.splice(0));

test('what names no customer goes its old way, with its body', async () => {
  expect(await ask('POST', { body: { item: 'nut' } })).toEqual({ status: 299, body: { item: 'nut' } });
  expect(await ask('GET', { query: 'ledger=l' })).toMatchObject({ status: 299 });
  expect(asked).toEqual([]);
});

test('an order of a customer is taken, and a replay says so', async () => {
  const body = { customer: 'c-1', item: 'nut', quantity: 1, cents: 5 };
  expect(await ask('POST', { body })).toEqual({
    status: 201,
    body: accepted,
    headers: { location: '/orders/i', 'idempotent-replay': 'true' },
  });
  expect(asked).toEqual([body]);
});

test.each([
  [{ customer: 'a b' }, /customer/],
  [{ cents: 0 }, /cents/],
  [{ cents: '5' }, /cents/],
  [{ ledger: 'l', number: 1 }, /ledger/],
  [{ quantity: 11 }, /quantity/],
])('refuses %j', async (wrong, message) => {
  const body = { customer: 'c-1', item: 'nut', quantity: 1, cents: 5, ...wrong };
  await expect(ask('POST', { body })).rejects.toThrow(message);
  expect(asked).toEqual([]);
});

test('refuses an order without a key', async () => {
  const body = { customer: 'c-1', item: 'nut', quantity: 1, cents: 5 };
  await expect(ask('POST', { body, key: '' })).rejects.toThrow(/Idempotency-Key/);
});

test('searches by customer, a page at a time', async () => {
  expect(await ask('GET', { query: 'customer=c-1&after=7&limit=2' })).toMatchObject({ status: 200 });
  expect(asked).toEqual([['c-1', 7, 2]]);
  await expect(ask('GET', { query: 'customer=c-1&limit=0' })).rejects.toThrow(/limit/);
  await expect(ask('GET', { query: 'customer=a%20b' })).rejects.toThrow(/customer/);
});
