import { tracedRequest } from '../../../lib/runtime/telemetry/http-telemetry';
import { RedMetrics } from '../../../lib/runtime/telemetry/red-metrics';
import { VirtualClock } from '../../helpers/virtual-clock';

function metrics(mostNames?: number) {
  const clock = new VirtualClock();
  const lines: object[] = [];
  const write = (document: object) => lines.push(document);
  const red = new RedMetrics({ clock, write, dimensions: { Region: 'us-east-2' }, mostNames }, () => 0.5);
  return { clock, red, read: () => lines.splice(0).map(line => JSON.parse(JSON.stringify(line))) };
}

test('a flush writes a line of the embedded metric format for each route and dependency, once', async () => {
  const { red, read, clock } = metrics();
  for (const failed of [false, true]) {
    red.observe({ of: 'route', name: 'GET /orders/:id', milliseconds: 1.23456, failed });
  }
  const call = red.measure('database', () => clock.sleep(7));
  await clock.advance(7);
  await call;
  await expect(red.measure('database', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  red.flush();
  expect(read()).toEqual([
    {
      _aws: {
        Timestamp: Date.UTC(2026, 0, 1) + 7,
        CloudWatchMetrics: [
          {
            Namespace: 'Holdfast',
            Dimensions: [['Region', 'Route']],
            Metrics: [
              { Name: 'Requests', Unit: 'Count' },
              { Name: 'Errors', Unit: 'Count' },
              { Name: 'Duration', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Region: 'us-east-2',
      Route: 'GET /orders/:id',
      Requests: 2,
      Errors: 1,
      Duration: [1.235, 1.235],
    },
    expect.objectContaining({ Dependency: 'database', Requests: 2, Errors: 1, Duration: [7, 0] }),
  ]);
  red.flush();
  expect(read()).toEqual([]);
});

test('names are bounded, and the rest counts as other', () => {
  const { red, read } = metrics(2);
  for (let index = 0; index < 1000; index += 1) {
    red.observe({ of: 'route', name: `GET /${index}`, milliseconds: 1, failed: false });
  }
  red.flush();
  expect(read().map(line => [line.Route, line.Requests])).toEqual([
    ['GET /0', 1],
    ['GET /1', 1],
    ['other', 998],
  ]);
});

test('a line holds at most 100 values, whatever came, and the counts are whole', () => {
  const { red, read } = metrics();
  for (let index = 0; index < 5000; index += 1) {
    red.observe({ of: 'route', name: 'GET /', milliseconds: index, failed: false });
  }
  red.flush();
  const [line] = read();
  expect([line.Requests, line.Duration.length]).toEqual([5000, 100]);
});

test('more dimensions than the format allows are refused', () => {
  const dimensions = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`d${index}`, 'x']));
  const options = { clock: new VirtualClock(), write: () => undefined, dimensions };
  expect(() => new RedMetrics(options, () => 0)).toThrow(/at most 30 dimensions/);
});

test('flushes at its pace, and what is left when it ends', async () => {
  const { red, read, clock } = metrics();
  const stop = new AbortController();
  const ended = red.run(stop.signal);
  red.observe({ of: 'route', name: 'GET /', milliseconds: 1, failed: false });
  await clock.advance(60_000);
  expect(read()).toHaveLength(1);
  red.observe({ of: 'route', name: 'GET /', milliseconds: 1, failed: false });
  stop.abort();
  await ended;
  expect(read()).toHaveLength(1);
});

test('a request is counted by its route, one that throws as failed, and no name holds a secret', async () => {
  const { red, read, clock } = metrics();
  const telemetry = { metrics: red, monotonic: () => clock.monotonic() };
  const request = { method: 'GET', traceparent: undefined };
  await tracedRequest(telemetry, request, async () => ({ status: 404, route: '/orders/:id' }));
  await tracedRequest(telemetry, request, async () => ({ status: 503, route: '/orders/:id' }));
  await expect(tracedRequest(telemetry, request, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  red.observe({ of: 'dependency', name: 'redis://user:hunter2@cache', milliseconds: 1, failed: false });
  red.flush();
  expect(read().map(line => [line.Route ?? line.Dependency, line.Requests, line.Errors])).toEqual([
    ['GET /orders/:id', 2, 1],
    ['GET unmatched', 1, 1],
    ['redis://***@cache', 1, 0],
  ]);
});
