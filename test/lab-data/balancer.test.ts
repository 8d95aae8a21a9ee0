import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock as clock } from '../../lib/clock';
import { Balancer, type TargetGroup, type TargetHealth } from '../../lib/lab/balancer';
import { WeightedChoice } from '../../lib/lab/balancer/choice';
import { TargetRecord } from '../../lib/lab/balancer/health';
import { freePort } from '../../lib/lab/network';
import { waitFor } from '../../lib/lab/wait-for';

const health = { path: '/readyz', interval: 20, timeout: 500, healthyCount: 2, unhealthyCount: 2 };
const servers: Server[] = [];
let balancer: Balancer;
let port: number;
let seen: Map<string, readonly TargetHealth[]>;

beforeEach(async () => {
  seen = new Map();
  port = await freePort('127.0.0.1');
  const onHealth = (arn: string, states: readonly TargetHealth[]) => void seen.set(arn, states);
  balancer = new Balancer({ host: '127.0.0.1', port, idleTimeout: 500, clock, onHealth });
  await balancer.listen();
});

afterEach(async () => {
  await balancer.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
});

interface StandIn {
  readonly port: number;
  readonly requests: string[];
  ready: boolean;
  close(): Promise<void>;
}

/** A tiny service: answers its health check as told and the rest by `listener`. */
async function standIn(listener?: RequestListener): Promise<StandIn> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/readyz') {
      response.writeHead(target.ready ? 200 : 503).end();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    if (listener !== undefined) listener(request, response);
    else request.pipe(response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const target: StandIn = {
    port: (server.address() as AddressInfo).port,
    requests,
    ready: true,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return target;
}

const group = (arn: string, weight: number, ...targets: StandIn[]): TargetGroup => ({
  arn,
  weight,
  health,
  targets: targets.map((target, index) => ({ id: `i-${index}`, host: '127.0.0.1', port: target.port })),
});
const states = (arn: string) => seen.get(arn)?.map(target => target.state) ?? [];
const eventually = (look: () => boolean) =>
  waitFor(look, { clock, timeout: 10_000, interval: 5, what: 'it' });
const send = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);

test('without a target it answers 503', async () => {
  balancer.update([group('blue', 1)]);
  expect((await send('/orders')).status).toBe(503);
});

test('bodies pass both ways and healthy targets take turns', async () => {
  const targets = [await standIn(), await standIn()] as const;
  balancer.update([group('blue', 1, ...targets)]);
  await eventually(() => states('blue').join() === 'healthy,healthy');

  const body = 'x'.repeat(100_000);
  for (let count = 0; count < 6; count += 1) {
    const answer = await send('/orders', { method: 'POST', body });
    expect(await answer.text()).toBe(body);
  }

  expect(targets.map(target => target.requests.length)).toEqual([3, 3]);
});

test('requests follow the weights, and a change of weights at once', async () => {
  const [blue, green] = [await standIn(), await standIn()] as const;
  balancer.update([group('blue', 90, blue), group('green', 10, green)]);
  await eventually(() => states('blue')[0] === 'healthy' && states('green')[0] === 'healthy');
  for (let count = 0; count < 20; count += 1) await send('/');
  expect([blue.requests.length, green.requests.length]).toEqual([18, 2]);

  balancer.update([group('blue', 0, blue), group('green', 100, green)]);
  for (let count = 0; count < 5; count += 1) await send('/');
  expect([blue.requests.length, green.requests.length]).toEqual([18, 7]);
});

test('an unhealthy target gets nothing, and comes back when its checks pass', async () => {
  const [good, bad] = [await standIn(), await standIn()] as const;
  balancer.update([group('blue', 1, good, bad)]);
  await eventually(() => states('blue').join() === 'healthy,healthy');

  bad.ready = false;
  await eventually(() => states('blue').join() === 'healthy,unhealthy');
  expect(seen.get('blue')?.[1]).toMatchObject({ reason: 'Target.ResponseCodeMismatch' });
  for (let count = 0; count < 4; count += 1) await send('/');
  expect(bad.requests).toEqual([]);

  bad.ready = true;
  await eventually(() => states('blue').join() === 'healthy,healthy');
});

test('when all are unhealthy it fails open to all, as an Application Load Balancer does', async () => {
  const target = await standIn((_, response) => response.writeHead(503, { 'retry-after': '3' }).end());
  target.ready = false;
  balancer.update([group('blue', 1, target)]);
  await eventually(() => states('blue').join() === 'unhealthy');

  const answer = await send('/orders');

  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('3');
});

test('a request that no one received is sent to another target, and the dead one is taken out at once', async () => {
  const [alive, dead] = [await standIn(), await standIn()] as const;
  const slow = { ...health, interval: 60_000 };
  balancer.update([{ ...group('blue', 1, alive, dead), health: slow }]);
  await eventually(() => states('blue').join() === 'healthy,healthy');
  await dead.close();

  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => send('/orders', { method: 'POST', body: 'order' })),
  );

  expect(await Promise.all(answers.map(answer => answer.text()))).toEqual(Array(4).fill('order'));
  expect(states('blue')).toEqual(['healthy', 'unhealthy']);
});

test('a request that a target may have received is never sent twice', async () => {
  const reset: RequestListener = request => request.socket.destroy();
  const targets = [await standIn(reset), await standIn(reset)] as const;
  balancer.update([group('blue', 1, ...targets)]);
  await eventually(() => states('blue').join() === 'healthy,healthy');

  const answer = await send('/orders', { method: 'POST', body: 'order' });

  expect(answer.status).toBe(502);
  expect(targets.flatMap(target => target.requests)).toEqual(['POST /orders']);
});

test('a silent target is a 504 after the idle timeout', async () => {
  const target = await standIn(() => undefined);
  balancer.update([group('blue', 1, target)]);
  await eventually(() => states('blue').join() === 'healthy');
  expect((await send('/orders')).status).toBe(504);
});

test('a removed target finishes what it has and gets nothing new', async () => {
  let release = () => {};
  const leaving = await standIn((_, response) => {
    release = () => response.end('late');
  });
  const staying = await standIn();
  balancer.update([group('blue', 1, leaving)]);
  await eventually(() => states('blue').join() === 'healthy');
  const late = send('/late');
  await eventually(() => leaving.requests.length === 1);

  balancer.update([group('blue', 1, staying)]);
  await send('/orders');
  release();

  expect(await (await late).text()).toBe('late');
  expect(leaving.requests).toEqual(['GET /late']);
  expect(staying.requests).toEqual(['GET /orders']);
});

test('a new target is healthy after one passed check, a failed one only after as many as its group says', () => {
  const record = new TargetRecord({ id: 'i-1', host: '127.0.0.1', port: 1 });
  const failed = { passed: false, reason: 'Target.Timeout', detail: 'Request timed out' } as const;
  expect(record.describe().state).toBe('initial');
  record.note({ passed: true }, health);
  expect(record.healthy).toBe(true);
  record.note(failed, health);
  expect(record.healthy).toBe(true);
  record.note(failed, health);
  expect(record.describe()).toMatchObject({ state: 'unhealthy', reason: 'Target.Timeout' });
  record.note({ passed: true }, health);
  expect(record.healthy).toBe(false);
  record.note({ passed: true }, health);
  expect(record.healthy).toBe(true);
});

test('no group with a weight means no choice', () => {
  expect(new WeightedChoice().next([{ arn: 'blue', weight: 0 }])).toBeUndefined();
});
