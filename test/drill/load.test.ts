import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readLedger, startLoad } from '../../lib/drill';
import { HoldfastError } from '../../lib/errors';
import type { Outside, OutsideAnswer, OutsideRequest } from '../../lib/ports';
import { VirtualClock } from './virtual-clock';

/** A service that answers as the test says and keeps what it was sent. */
function service(
  clock: VirtualClock,
  answer: (request: OutsideRequest, at: number) => OutsideAnswer | undefined,
) {
  const requests: (OutsideRequest & { at: number })[] = [];
  const outside: Outside = {
    resolve: async () => ({ addresses: ['127.0.0.1'], ttlSeconds: 1 }),
    certificateEnd: async () => new Date(0),
    request: async request => {
      requests.push({ ...request, at: clock.monotonic() });
      await clock.sleep(3);
      const answered = answer(request, clock.monotonic());
      if (answered === undefined) throw new HoldfastError('unavailable', 'no answer');
      return answered;
    },
  };
  return { outside, requests };
}

const created = (request: OutsideRequest, epoch = 1): OutsideAnswer => ({
  status: 201,
  headers: {},
  body: JSON.stringify({ id: `order-${request.headers?.['idempotency-key']}`, epoch, region: 'us-east-2' }),
});
const refusal: OutsideAnswer = { status: 503, headers: { 'retry-after': '1' }, body: '{}' };

function start(clock: VirtualClock, outside: Outside, options: object = {}) {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  return startLoad({
    outside,
    clock,
    random,
    id: 'load-1',
    host: 'orders.example.com',
    entry: { scheme: 'http', port: 8080 },
    ...options,
  });
}

describe('a load', () => {
  test('writes at its rate, numbers in order, each under its own key', async () => {
    const clock = new VirtualClock();
    const { outside, requests } = service(clock, request => created(request));
    const load = start(clock, outside, { reads: 0 });
    await clock.sleep(2000);
    const summary = await load.stop();
    expect(summary.acknowledged).toBeGreaterThanOrEqual(99);
    expect(summary.acknowledged).toBeLessThanOrEqual(103);
    expect(summary).toMatchObject({ failed: 0, refused: 0, unacknowledged: 0 });
    expect(new Set(requests.map(request => request.headers?.['idempotency-key'])).size).toBe(requests.length);
    expect(load.entries.map(entry => entry.number)).toEqual(load.entries.map((_entry, index) => index + 1));
    expect(summary.refusedSeconds).toBeLessThan(0.1);
  });

  test('repeats a refused write under the same number and key until it is acknowledged', async () => {
    const clock = new VirtualClock();
    const open = { from: 1000, to: 4000 };
    const { outside, requests } = service(clock, (request, at) =>
      at > open.from && at < open.to ? refusal : created(request, at > open.to ? 2 : 1),
    );
    const load = start(clock, outside, { reads: 0 });
    await clock.sleep(5000);
    const summary = await load.stop();

    expect(summary.unacknowledged).toBe(0);
    expect(summary.refused).toBeGreaterThan(100);
    expect(summary.failed).toBe(summary.refused);
    expect(summary.refusedSeconds).toBeGreaterThan(2.9);
    expect(summary.refusedSeconds).toBeLessThan(3.2);
    expect(load.acknowledgedUnder(2)).toBeGreaterThan(100);
    const bodies = new Map<string, Set<string>>();
    for (const { headers, body = '' } of requests) {
      const key = headers?.['idempotency-key'] ?? '';
      bodies.set(key, (bodies.get(key) ?? new Set()).add(body));
    }
    expect([...bodies.values()].every(set => set.size === 1)).toBe(true);
    expect(load.entries).toHaveLength(bodies.size);
  });

  test('keeps retries within a budget: an outage at most doubles the requests', async () => {
    const clock = new VirtualClock();
    const { outside, requests } = service(clock, (_request, at) => (at < 20_000 ? undefined : refusal));
    const load = start(clock, outside, { reads: 0, retryCapMilliseconds: 100 });
    await clock.sleep(10_000);
    const perSecond = requests.filter(request => request.at >= 5000 && request.at < 10_000).length / 5;
    expect(perSecond).toBeLessThanOrEqual(101);
    const summary = await load.stop(100);
    expect(summary.unacknowledged).toBeGreaterThan(400);
    expect(summary.acknowledged).toBe(0);
    // Nothing was acknowledged, so there is no gap between acknowledgements: not a gap of 0 s.
    expect(summary.refusedSeconds).toBeNull();
  });

  test('obeys Retry-After', async () => {
    const clock = new VirtualClock();
    const { outside, requests } = service(clock, () => refusal);
    const load = start(clock, outside, { reads: 0, rate: 1 });
    await clock.sleep(2500);
    await load.stop(0);
    const first = requests.filter(request => request.headers?.['idempotency-key'] === 'load-1-1');
    const gaps = first.slice(1).map((request, index) => request.at - (first[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  });

  test('counts requests by the phase in which they began', async () => {
    const clock = new VirtualClock();
    const { outside } = service(clock, (request, at) =>
      at > 1000 && at < 2000 ? undefined : created(request),
    );
    const load = start(clock, outside, { reads: 2 });
    await clock.sleep(1000);
    load.setPhase('fencing');
    await clock.sleep(1000);
    load.setPhase('settle');
    await clock.sleep(1000);
    const { phases, total, failed } = await load.stop();
    expect(phases.preflight?.failed).toBe(0);
    expect(phases.fencing?.failed).toBeGreaterThanOrEqual(50);
    expect(phases.settle?.failed).toBe(0);
    expect(total).toBe(Object.values(phases).reduce((sum, counts) => sum + counts.total, 0));
    expect(failed).toBe(phases.fencing?.failed);
  });

  test('a 201 that names no order acknowledges nothing', async () => {
    const clock = new VirtualClock();
    const { outside } = service(clock, () => ({ status: 201, headers: {}, body: 'created' }));
    const load = start(clock, outside, { reads: 0, rate: 1 });
    await clock.sleep(1000);
    const summary = await load.stop(10);
    expect(summary.acknowledged).toBe(0);
    expect(summary.unacknowledged).toBeGreaterThan(0);
  });

  test('reads what it wrote', async () => {
    const clock = new VirtualClock();
    const { outside, requests } = service(clock, request => created(request));
    const load = start(clock, outside, { reads: 10 });
    await clock.sleep(1000);
    await load.stop();
    const ids = new Set(load.entries.map(entry => `/orders/${entry.id}`));
    const reads = requests.filter(request => request.method === 'GET');
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.every(request => ids.has(request.path))).toBe(true);
  });

  test('keeps its ledger in a file that can be read back', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-ledger-'));
    try {
      const clock = new VirtualClock();
      const { outside } = service(clock, request => created(request));
      const ledgerFile = path.join(folder, 'drills', 'load.jsonl');
      const load = start(clock, outside, { reads: 0, ledgerFile });
      await clock.sleep(1000);
      await load.stop();
      expect(readLedger(ledgerFile)).toEqual(load.entries);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
