import { parseFeatureFlags } from '../../lib/runtime/config/feature-flags';
import { RuntimeError } from '../../lib/runtime/errors';
import { HttpError } from '../../lib/service/http/http-types';
import { BATCH_MOST, readBatch } from '../../lib/service/orders/order-batch';
import type { OrderView } from '../../lib/service/orders/order-reads';
import { orderRoutes } from '../../lib/service/orders/order-routes';

const view = (id: string): OrderView => ({ id }) as OrderView;
const away = new RuntimeError('unavailable', 'the database does not answer');

/** A cache that counts how many reads are under way, and a database that answers by one statement. */
function world(document = '{}') {
  const state = { now: 0, most: 0, statements: 0 };
  const answers = new Map<string, OrderView | Error>([
    ['a', view('a')],
    ['b', view('b')],
    ['bad', away],
    ['far', new HttpError(421, 'residency', 'not here')],
  ]);
  const options = {
    cached: {
      async read(id: string) {
        state.now += 1;
        state.most = Math.max(state.most, state.now);
        await new Promise(resolve => setImmediate(resolve));
        state.now -= 1;
        const answer = answers.get(id);
        if (answer instanceof Error) throw answer;
        return { value: answer, source: 'cache' as const, ageMilliseconds: 0 };
      },
    },
    reads: {
      async findMany(ids: readonly string[]) {
        state.statements += 1;
        return new Map(ids.filter(id => id.length === 1 && id < 'c').map(id => [id, view(id)]));
      },
    },
    flags: () => parseFeatureFlags(document),
  };
  return { state, options };
}
const flag = (attributes: object) => JSON.stringify({ 'orders-fan-out': { enabled: true, ...attributes } });
const many = Array.from({ length: BATCH_MOST }, (_, index) => `x${index}`);

test('each order is told as far as it can be, in the order asked for', async () => {
  expect(await readBatch(world().options, ['b', 'none', 'bad', 'a', 'far'])).toEqual({
    orders: [view('b'), view('a')],
    missing: ['none'],
    failed: [
      { id: 'bad', code: 'unavailable' },
      { id: 'far', code: 'residency' },
    ],
  });
  await expect(readBatch(world().options, ['bad'])).rejects.toBe(away);
});

test.each([
  ['no document', '{}', 4],
  ['a number', flag({ atOnce: 2 }), 2],
  ['too many', flag({ atOnce: 5000 }), 8],
  ['nothing of use', flag({ atOnce: 0 }), 4],
  ['a text', flag({ atOnce: '6' }), 4],
])('by the flag with %s, so many are read at once', async (_what, document, most) => {
  const { state, options } = world(document);
  await readBatch(options, many);
  expect([state.most, state.statements]).toEqual([most, 0]);
});

test('with the flag off one statement reads them all, past the cache', async () => {
  const { state, options } = world('{"orders-fan-out":{"enabled":false}}');
  expect(await readBatch(options, ['b', 'none', 'a'])).toEqual({
    orders: [view('b'), view('a')],
    missing: ['none'],
    failed: [],
  });
  expect(state).toMatchObject({ most: 0, statements: 1 });
});

test('what may not be here is not told out of the cache, and a bug is no answer', async () => {
  const { options } = world();
  const requireHere = () => {
    throw new HttpError(421, 'residency', 'not here');
  };
  await expect(readBatch({ ...options, requireHere }, ['a'])).rejects.toMatchObject({ status: 421 });
  const cached = { read: () => Promise.reject(new TypeError('bug')) };
  await expect(readBatch({ ...options, cached }, ['a', 'b'])).rejects.toThrow(TypeError);
});

test('the route takes 1 to 50 ids, each once', async () => {
  const { options } = world();
  const route = orderRoutes({ ...options } as never).find(
    ({ method, pattern }) => method === 'GET' && pattern.test('/orders'),
  );
  const ask = (query: string) =>
    route?.handle({ query: () => new URLSearchParams(query), header: () => undefined } as never);
  expect(await ask('ids=a,a,b')).toMatchObject({ status: 200, body: { orders: [view('a'), view('b')] } });
  await expect(ask(`ids=${[...many, 'y'].join()}`)).rejects.toMatchObject({ status: 400 });
  await expect(ask('ids=')).rejects.toMatchObject({ status: 400 });
  await expect(ask('ids=a,,b')).rejects.toMatchObject({ status: 400 });
});
