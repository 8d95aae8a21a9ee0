import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { runProgram } from '../../../lib/cli/program';
import { systemClock } from '../../../lib/clock';
import { httpSender, type LoadTest, loadReportHtml, runLoadTest } from '../../../lib/operations';
import { judgeStage } from '../../../lib/operations/load/report';
import { RequestMaker } from '../../../lib/operations/load/requests';
import { runStage } from '../../../lib/operations/load/run-load';
import { arrivalsOf, dueTimes, stagesTo } from '../../../lib/operations/load/stages';
import { Tally } from '../../../lib/operations/load/tally';
import type { JourneySpec, ServiceLevelSpec } from '../../../regions';
import orders from '../../../regions/examples/orders';
import { contextAt } from '../../helpers/cli-context';

const home: JourneySpec = { name: 'home', route: 'GET /' };
const never = new AbortController().signal;
const maker = (journeys: readonly JourneySpec[] = [home]) =>
  new RequestMaker(journeys, Math.random, () => 'id');

describe('arrivals', () => {
  const stage = fc.record({
    name: fc.constant('ramp'),
    fromRate: fc.double({ min: 1, max: 500, noNaN: true }),
    toRate: fc.double({ min: 1, max: 500, noNaN: true }),
    seconds: fc.integer({ min: 1, max: 30 }),
  });

  test('even ones are as many as the rate says, in order, each within its stage', () => {
    fc.assert(
      fc.property(stage, each => {
        const times = [...dueTimes(each, 'even', Math.random)];
        expect(Math.abs(times.length - arrivalsOf(each))).toBeLessThanOrEqual(1);
        const sorted = [...times].sort((a, b) => a - b);
        expect(times).toEqual(sorted);
        expect(times[0] ?? 0).toBeGreaterThanOrEqual(0);
        expect(times.at(-1) ?? 0).toBeLessThanOrEqual(each.seconds + 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  test('a ramp sends in its second half what the line says', () => {
    const times = [
      ...dueTimes({ name: 'ramp', fromRate: 0.001, toRate: 100, seconds: 10 }, 'even', Math.random),
    ];
    const late = times.filter(time => time > 5).length / times.length;
    expect(late).toBeCloseTo(0.75, 1);
  });

  test('by chance they are as many on the average, and their distances vary as those of strangers', () => {
    const times = [
      ...dueTimes({ name: 'peak', fromRate: 1000, toRate: 1000, seconds: 30 }, 'poisson', Math.random),
    ];
    expect(times.length / 30_000).toBeCloseTo(1, 1);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(deviation / mean).toBeCloseTo(1, 1);
  });

  test('the stages lead to the peak', () => {
    expect(stagesTo(200, { ramp: 20, hold: 60 })).toEqual([
      { name: 'warm-up', fromRate: 20, toRate: 20, seconds: 5 },
      { name: 'ramp', fromRate: 20, toRate: 200, seconds: 20 },
      { name: 'peak', fromRate: 200, toRate: 200, seconds: 60 },
    ]);
  });
});

describe('requests', () => {
  test('are made by their shares, with what changes filled in', () => {
    const order: JourneySpec = {
      name: 'place-order',
      route: 'POST /orders',
      headers: { 'idempotency-key': '{uuid}' },
      body: { item: 'book {number}', quantity: 1 },
    };
    const read: JourneySpec = { name: 'read', route: 'GET /orders/:id', path: '/orders/{uuid}', share: 3 };
    let at = 0;
    const made = new RequestMaker(
      [order, read],
      () => [0.1, 0.9][at++ % 2] as number,
      () => 'some-id',
    );
    expect(made.next()).toEqual({
      journey: 'place-order',
      method: 'POST',
      path: '/orders',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'some-id' },
      body: '{"item":"book 1","quantity":1}',
    });
    expect(made.next()).toMatchObject({ method: 'GET', path: '/orders/some-id', body: undefined });
  });

  test('many are near their shares', () => {
    const many = new RequestMaker(
      [
        { ...home, name: 'a', share: 1 },
        { ...home, name: 'b', share: 4 },
      ],
      Math.random,
      () => '',
    );
    const count = Array.from({ length: 10_000 }, () => many.next()).filter(
      ({ journey }) => journey === 'b',
    ).length;
    expect(count / 10_000).toBeCloseTo(0.8, 1);
  });
});

test('a tally says what share was bad: failed, or good and too late', () => {
  const tally = new Tally();
  for (let index = 0; index < 900; index += 1) tally.answered(10, false);
  for (let index = 0; index < 60; index += 1) tally.answered(500, false);
  for (let index = 0; index < 30; index += 1) tally.answered(1, true);
  for (let index = 0; index < 10; index += 1) tally.notSent();
  expect(tally.badShare(100)).toBeCloseTo(0.1, 3);
  expect(tally.badShare(1000)).toBeCloseTo(0.04, 3);
  expect(tally.failedShare()).toBeCloseTo(0.04, 3);
  expect(tally.summary()).toMatchObject({ requests: 1000, failed: 40, unsent: 10 });
  expect(new Tally().badShare(1)).toBe(0);
});

describe('on a real server', () => {
  let answer: http.RequestListener;
  const server = http.createServer((request, response) => answer(request, response));
  let url: string;
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = () => ({ clock: systemClock, random: Math.random, signal: never, requests: maker() });
  const flat = (rate: number, seconds: number) => ({ name: 'peak', fromRate: rate, toRate: rate, seconds });

  async function stage(rate: number, seconds: number, more: object = {}, connections = 64) {
    const sender = httpSender({ url, connections });
    try {
      return await runStage({ ...base(), send: sender.send, ...more }, flat(rate, seconds));
    } finally {
      await sender.close();
    }
  }

  test('a pause of the server is as long for those who came meanwhile: no coordinated omission', async () => {
    let from: number | undefined;
    answer = (_request, response) => {
      from ??= systemClock.monotonic();
      const since = systemClock.monotonic() - from;
      // Silent between 0.3 s and 0.8 s after the first request: half of a second.
      const wait = since > 300 && since < 800 ? 800 - since : 0;
      setTimeout(() => response.end('ok'), wait);
    };
    const { all } = await stage(200, 1, { arrivals: 'even' }, 4);
    const { requests, p50, p90, max } = all.summary();
    expect(requests).toBe(200);
    expect(max).toBeGreaterThan(400);
    expect(p90).toBeGreaterThan(300); // a client that waits for answers would have seen four slow ones
    expect(p50).toBeLessThan(300);
  });

  test('errors, refusals and silence fail; what was due too long ago is ended', async () => {
    answer = ({ url: asked }, response) => {
      if (asked === '/500') response.writeHead(500).end();
      if (asked === '/404') response.writeHead(404).end();
      if (asked === '/cut') response.destroy();
    };
    const of = (route: string) => ({ name: route.slice(1), route: `GET ${route}` });
    const requests = maker(['/500', '/404', '/cut', '/silent'].map(of));
    const { journeys, all } = await stage(100, 1, { requests, timeoutMilliseconds: 300 });
    const failed = (name: string) => journeys.get(name)?.failedShare();
    expect([failed('500'), failed('404'), failed('cut'), failed('silent')]).toEqual([1, 0, 1, 1]);
    expect(journeys.get('silent')?.summary().max).toBeLessThan(2000);
    expect(all.summary().unsent).toBe(0);
  });

  test('what is due beyond what may be under way is counted and never sent', async () => {
    let seen = 0;
    answer = () => {
      seen += 1;
    };
    const { all } = await stage(100, 1, { mostUnderWay: 10, timeoutMilliseconds: 1100, arrivals: 'even' });
    expect(all.summary()).toMatchObject({ requests: 100, failed: 100, unsent: 90 });
    expect(seen).toBeLessThanOrEqual(10);
  });

  const levels: ServiceLevelSpec[] = [
    { name: 'up', kind: 'availability', target: 0.99 },
    { name: 'quick', kind: 'latency', target: 0.95, route: 'GET /', thresholdMilliseconds: 400 },
  ];
  const tested = async (more: Partial<LoadTest>) => {
    const sender = httpSender({ url });
    const report = await runLoadTest({
      ...{
        clock: systemClock,
        random: Math.random,
        signal: never,
        send: sender.send,
        url,
        application: 'shop',
      },
      ...{ journeys: [home], levels, peak: 40, rampSeconds: 0.5, holdSeconds: 0.5, uuid: () => '' },
      ...{ clones: 2, statedPerClone: 25 },
      ...more,
    });
    await sender.close();
    return report;
  };

  test('past the peak until a promise breaks, and what that says of a clone', async () => {
    // Carries 65 requests a second, and refuses the rest.
    let window: number[] = [];
    answer = (_request, response) => {
      const now = systemClock.monotonic();
      window = window.filter(at => at > now - 1000);
      window.push(now);
      response.writeHead(window.length > 65 ? 503 : 200).end();
    };
    const report = await tested({ mostSteps: 4, stepSeconds: 2, arrivals: 'even' });
    expect(report).toMatchObject({ verdict: 'passed', breaksAt: 70 });
    expect(report.capacity).toEqual({ clones: 2, statedPerClone: 25, measuredPerClone: 30, holds: true });
    expect(loadReportHtml(report)).toContain('A promise broke at 70 requests a second.');
  }, 60_000);

  test('a promise that is broken at the peak fails, and nobody goes further', async () => {
    answer = (_request, response) => response.writeHead(500).end();
    const report = await tested({ mostSteps: 4 });
    expect(report.verdict).toBe('failed');
    expect(report).not.toHaveProperty('breaksAt');
    expect(report.levels.map(({ state }) => state)).toEqual(['broken', 'broken']);
  });

  test('an interrupted test is unchecked, whatever it saw', async () => {
    answer = (_request, response) => response.end();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const report = await tested({ signal: stop.signal });
    expect(report.verdict).toBe('unchecked');
  });

  describe('holdfast load', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'holdfast-load-'));
      answer = (_request, response) => response.end('ok');
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const run = async (...words: string[]) => {
      const context = contextAt(folder);
      const file = path.join(folder, 'topology.json');
      writeFileSync(file, JSON.stringify({ ...orders, serviceLevels: levels.slice(0, 1) }));
      await runProgram(context, ['node', 'holdfast', '--topology', file, 'load', ...words]);
      return { code: context.ended.code, text: context.printed.join(''), said: context.emitted.join('\n') };
    };

    test('sends the journeys of the topology and writes a page', async () => {
      const found = await run(
        '--url',
        url,
        '--i-may',
        '--peak',
        '50',
        '--ramp',
        '1',
        '--hold',
        '1',
        '--json',
      );
      expect(found.text.slice(0, 400)).toContain('passed');
      const document = JSON.parse(found.text);
      expect(document).toMatchObject({ version: 1, verdict: 'passed', peak: 50 });
      expect(Object.keys(document.stages[2].journeys).sort()).toEqual(['place-order', 'read-order']);
      expect(found.said).toMatch(/load: peak, 50 a second: \d+ sent, 0 failed/);
      expect(readFileSync(path.join(folder, 'load.html'), 'utf8')).toMatch(/<svg .*<polyline class="p999"/s);
    });

    test.each([
      [['--url', 'http://127.0.0.1:1'], '--i-may'],
      [['--url', 'ftp://x', '--i-may'], 'is no address'],
      [[], 'give --target lab, or --url'],
      [['--target', 'lab'], 'holdfast up'],
    ])('%p ends with 1 and the fix', async (words, said) => {
      expect(await run(...words)).toMatchObject({ code: 1, said: expect.stringContaining(said) });
    });
  });
});

test('what was sent late by this machine, or asked by nobody, is judged by nobody', () => {
  const tally = new Tally();
  tally.answered(1, false);
  const result = {
    stage: { name: 'peak', fromRate: 1, toRate: 1, seconds: 1 },
    all: tally,
    journeys: new Map([['home', tally]]),
    seconds: [],
    lateSeconds: 0,
  };
  const level: ServiceLevelSpec = { name: 'up', kind: 'availability', target: 0.99, route: 'GET /' };
  const state = (levels: ServiceLevelSpec, late = 0) =>
    judgeStage([levels], { home: 'GET /' }, { ...result, lateSeconds: late })[0]?.state;
  expect(state(level)).toBe('kept');
  expect(state(level, 1)).toBe('unchecked');
  expect(state({ ...level, route: 'GET /other' })).toBe('unchecked');
  expect(
    judgeStage([{ ...level, kind: 'freshness', route: undefined, thresholdSeconds: 1 }], {}, result),
  ).toEqual([]);
});
