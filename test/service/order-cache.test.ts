import { orderCache, orderKey, orderWarmer } from '../../lib/service/orders/order-cache';
import { ModelCache, ModelCacheServer } from '../helpers/model-cache';
import { OrdersWorld } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';
import { VirtualClock } from '../helpers/virtual-clock';

jest.setTimeout(120_000);

let database: TestDatabase;
let world: OrdersWorld;

beforeAll(async () => {
  database = await startDatabase(['us-east-2']);
  world = new OrdersWorld(database, 'us-east-2');
  await world.reset();
});
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

test('the cache of a new epoch is filled with the newest orders, as they stand in the database', async () => {
  const process = world.process();
  const orders = [];
  for (const key of ['a', 'b', 'c']) orders.push((await process.order(key)).order);
  const clock = new VirtualClock();
  const state = { epoch: 2 };
  const options = {
    application: 'orders',
    cache: new ModelCache(new ModelCacheServer(() => clock.monotonic())),
    clock,
    timeScale: 1,
    reads: process.reads,
    epoch: () => state.epoch,
    cacheSeconds: () => 60,
  };
  const cached = orderCache(options);
  expect(await process.reads.recentIds(2)).toEqual([orders[2]?.id, orders[1]?.id]);
  expect(await orderWarmer(cached, options).warm(2)).toMatchObject({ state: 'warm', looked: 3, stored: 3 });
  for (const order of orders) {
    const { source, value } = await cached.read(order.id);
    expect([source, value?.id, value?.status]).toEqual(['cache', order.id, 'accepted']);
  }
  state.epoch = 3;
  expect((await cached.read(orders[0]?.id ?? '')).source).toBe('load');
});

test('keys carry the epoch, and without one there is none', () => {
  expect([orderKey('orders', 7, 'x'), orderKey('orders', undefined, 'x')]).toEqual([
    'orders:cache:7:order:x',
    undefined,
  ]);
});
