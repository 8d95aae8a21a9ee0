import fc from 'fast-check';
import type { Endpoint, EndpointSource } from '../../../lib/runtime/discovery/endpoint-source';
import { Outliers } from '../../../lib/runtime/discovery/outliers';
import {
  ServiceEndpoints,
  type ServiceEndpointsOptions,
} from '../../../lib/runtime/discovery/service-endpoints';
import { shuffleShard } from '../../../lib/runtime/discovery/shuffle-shard';
import { Random } from '../../helpers/simulation';
import { VirtualClock } from '../../helpers/virtual-clock';

const endpoints = (...ids: string[]): Endpoint[] => ids.map(id => ({ id, host: `${id}.local`, port: 443 }));

function world(more: Partial<ServiceEndpointsOptions> = {}) {
  const registry = { revision: 1, list: endpoints('a', 'b', 'c', 'd'), away: false, lists: 0 };
  const answer = <T>(value: T): Promise<T> =>
    registry.away ? Promise.reject(new Error('away')) : Promise.resolve(value);
  const source: EndpointSource = {
    revision: () => answer(String(registry.revision)),
    list: () => {
      registry.lists += 1;
      return answer({ revision: String(registry.revision), endpoints: registry.list });
    },
  };
  const clock = new VirtualClock();
  const random = new Random(1);
  const service = new ServiceEndpoints({
    service: 'stock',
    source,
    clock,
    random: () => random.next(),
    ...more,
  });
  return { registry, clock, service };
}

describe('endpoints of a service', () => {
  test('are listed once, and again only when the revision changes', async () => {
    const { registry, service } = world();
    await service.refresh();
    await service.refresh();
    expect(registry.lists).toBe(1);
    registry.revision = 2;
    registry.list = endpoints('e');
    await service.refresh();
    expect(registry.lists).toBe(2);
    expect(service.pick().endpoint.id).toBe('e');
  });

  test('outlive an outage of the registry, and tell their age', async () => {
    const { registry, service, clock } = world();
    expect(() => service.pick()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    const stop = new AbortController();
    void service.run(stop.signal);
    await clock.advance(1);
    registry.away = true;
    await clock.advance(3_600_000);
    expect(service.pick().endpoint.host).toMatch(/\.local$/);
    expect(service.status).toMatchObject({ revision: '1', count: 4, problem: 'away' });
    expect(service.status?.ageMilliseconds).toBeGreaterThan(3_590_000);
    registry.away = false;
    await clock.advance(5_000);
    expect(service.status?.problem).toBeUndefined();
    expect(service.status?.ageMilliseconds).toBeLessThanOrEqual(5_000);
    stop.abort();
  });

  test('are not given up because the registry suddenly names none', async () => {
    const { registry, service } = world();
    await service.refresh();
    registry.revision = 2;
    registry.list = [];
    await service.refresh();
    expect(service.status).toMatchObject({ count: 4, problem: 'the registry names no endpoint' });
    expect(service.pick()).toBeDefined();
  });

  test('of two picked at random the less busy is called', async () => {
    const { service } = world();
    await service.refresh();
    const calls = Array.from({ length: 400 }, () => service.pick());
    const counts = new Map<string, number>();
    for (const { endpoint } of calls) counts.set(endpoint.id, (counts.get(endpoint.id) ?? 0) + 1);
    // Chance alone would be 20 or more apart.
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThan(6);
    for (const call of calls) call.done(true);
    for (const call of calls) call.done(true);
    expect(service.pick()).toBeDefined();
  });

  test('that fail are left alone for a while, then tried again', async () => {
    const { service, clock } = world();
    await service.refresh();
    const picked = () =>
      new Set(
        Array.from({ length: 100 }, () => {
          const call = service.pick();
          call.done(call.endpoint.id !== 'a');
          return call.endpoint.id;
        }),
      );
    picked();
    expect(picked()).toEqual(new Set(['b', 'c', 'd']));
    await clock.advance(10_001);
    expect(picked().has('a')).toBe(true);
    expect(picked().has('a')).toBe(false);
    await clock.advance(10_001);
    expect(picked().has('a')).toBe(false);
  });

  test('a caller may use its own shard of them', async () => {
    const { service } = world({ choose: all => shuffleShard(all, 'client-1', 2) });
    await service.refresh();
    expect(service.status?.count).toBe(2);
  });
});

test('whatever fails, no more than the share is ejected, and never all', () => {
  const ids = fc
    .integer({ min: 1, max: 9 })
    .map(count => Array.from({ length: count }, (_, index) => `e${index}`));
  const events = fc.array(fc.tuple(fc.nat(8), fc.boolean(), fc.nat(3_000)), { maxLength: 200 });
  fc.assert(
    fc.property(ids, events, fc.constantFrom(0.2, 0.5, 1), (all, outcomes, maximumShare) => {
      const outliers = new Outliers({ failures: 2, maximumShare });
      let now = 0;
      for (const [index, succeeded, passes] of outcomes) {
        now += passes;
        outliers.note(all[index % all.length] as string, succeeded, all, now);
        const ejected = all.filter(id => outliers.isEjected(id, now)).length;
        expect(ejected).toBeLessThan(all.length);
        expect(ejected).toBeLessThanOrEqual(all.length * maximumShare);
      }
    }),
  );
});

test('a shuffle shard is the same in every process, and few clients share a whole one', () => {
  const all = endpoints('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const of = (client: string, from = all) =>
    shuffleShard(from, client, 2)
      .map(({ id }) => id)
      .sort()
      .join();
  expect(of('x', [...all].reverse())).toBe(of('x'));
  const shards = new Map<string, number>();
  for (let client = 0; client < 2_800; client += 1)
    shards.set(of(`c${client}`), (shards.get(of(`c${client}`)) ?? 0) + 1);
  expect(shards.size).toBe(28);
  expect(Math.max(...shards.values())).toBeLessThan(150);
  // An endpoint that goes changes nothing for those that did not use it.
  const without = all.filter(({ id }) => id !== 'a');
  for (let client = 0; client < 100; client += 1)
    if (!of(`c${client}`).includes('a')) expect(of(`c${client}`, without)).toBe(of(`c${client}`));
});
