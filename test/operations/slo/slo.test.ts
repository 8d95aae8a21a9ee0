import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLevelReader } from '../../../lib/aws';
import { quarterOf } from '../../../lib/cli/actions/slo';
import { runProgram } from '../../../lib/cli/program';
import {
  adviseLevels,
  judgeLevels,
  readHistory,
  type ServiceLevelHistory,
  verdictOf,
} from '../../../lib/operations';
import type { ServiceLevelSpec } from '../../../regions';
import { FakeEndpoint, jsonError } from '../../aws/fake-endpoint';
import { contextAt } from '../../helpers/cli-context';

const DAY = 86_400_000;
const START = Date.parse('2026-07-01T00:00:00Z');
const level: ServiceLevelSpec = { name: 'place-order', kind: 'availability', target: 0.999 };

/** So many days with 10,000 events each, of which `bad(day)` are bad; two Regions share them. */
function history(days: number, bad: (day: number) => number, total = 10_000): ServiceLevelHistory {
  const counts = (share: number) =>
    Array.from({ length: days }, (_, day) => ({
      at: new Date(START + day * DAY).toISOString(),
      total: total * share,
      bad: bad(day) * share,
    }));
  return {
    version: 1,
    from: new Date(START).toISOString(),
    to: new Date(START + days * DAY).toISOString(),
    stepSeconds: 86_400,
    levels: [
      { level: 'place-order', region: 'us-east-2', counts: counts(0.75) },
      { level: 'place-order', region: 'us-west-2', counts: counts(0.25) },
    ],
    unchecked: [],
  };
}

describe('a standing', () => {
  test('is of all Regions together, over the window alone', () => {
    const [standing] = judgeLevels(
      [level],
      history(60, day => (day < 30 ? 10_000 : 5)),
    );
    expect(standing).toMatchObject({ total: 300_000, bad: 150, state: 'kept', goneInDays: null });
    expect(standing?.spent).toBeCloseTo(0.5);
    expect(standing?.good).toBeCloseTo(0.9995);
  });

  test('burns when the newest day spends more than its share, and says when it is gone', () => {
    const [standing] = judgeLevels(
      [level],
      history(30, day => (day === 29 ? 60 : 3)),
    );
    expect(standing?.state).toBe('burning');
    expect(standing?.goneInDays).toBeCloseTo((1 - (29 * 3 + 60) / 300) / (60 / 300));
  });

  test('is spent at the whole budget, also when a Region could not be read', () => {
    const unchecked = [{ level: 'place-order', region: 'us-west-2', reason: 'denied' }];
    expect(judgeLevels([level], { ...history(30, () => 10), unchecked })[0]?.state).toBe('spent');
    expect(judgeLevels([level], { ...history(30, () => 9), unchecked })[0]).toMatchObject({
      state: 'unchecked',
      unchecked: ['us-west-2: denied'],
    });
  });

  test('of nothing that was counted is unchecked and not kept', () => {
    const empty = { ...history(30, () => 0), levels: [] };
    expect(judgeLevels([level], empty)[0]).toMatchObject({ state: 'unchecked', good: null });
    expect(verdictOf([])).toBe('unchecked');
  });

  test('of Regions that were read and had no events is kept', () => {
    expect(
      judgeLevels(
        [level],
        history(30, () => 0, 0),
      )[0],
    ).toMatchObject({ state: 'kept', good: null, spent: 0 });
  });
});

describe('advice', () => {
  const advice = (days: number, bad: (day: number) => number, total?: number) =>
    adviseLevels([level], history(days, bad, total))[0];

  test.each([
    ['always over', advice(90, () => 20), 'loosen or invest', '99.800 %'],
    ['never near', advice(90, () => 1), 'tighten or spend', '10 %'],
    ['used', advice(90, () => 6), 'keep', '60 to 60 %'],
    ['too few events', advice(90, () => 0, 100), 'gather more', 'one error decides'],
    ['too short', advice(20, () => 0), 'gather more', 'one window of 30 days'],
  ])('%s', (_what, found, expected, why) => {
    expect(found).toMatchObject({ advice: expected, why: expect.stringContaining(why) });
  });

  test('nothing is advised of what was not seen', () => {
    const unchecked = [{ level: 'place-order', region: 'us-west-2', reason: 'denied' }];
    expect(adviseLevels([level], { ...history(90, () => 1), unchecked })[0]?.advice).toBe('cannot tell');
  });
});

test.each([
  [undefined, '2026-07-01', '2026-10-01'],
  ['2026-Q1', '2026-01-01', '2026-04-01'],
  ['2025-Q4', '2025-10-01', '2026-01-01'],
])('the quarter %s', (name, from, to) => {
  const quarter = quarterOf(name, new Date('2026-11-25T12:00:00Z'));
  expect([quarter.from, quarter.to].map(date => date.toISOString().slice(0, 10))).toEqual([from, to]);
});
test('in January the last whole quarter is of the year before', () => {
  expect(quarterOf(undefined, new Date('2026-01-02T00:00:00Z')).from.toISOString()).toContain('2025-10-01');
});

test('a document that is no history is refused with every place', () => {
  const wrong = {
    version: 1,
    from: 'x',
    to: '2026-10-01',
    stepSeconds: 60,
    levels: [{ level: 1, region: 'r', counts: [{ at: '2026-07-01', total: 1, bad: 2 }] }],
  };
  expect(() => readHistory(wrong, 'slo.json')).toThrow(
    expect.objectContaining({
      problems: ['from', 'levels[0].level', 'levels[0].counts[0]'].map(each =>
        expect.objectContaining({ path: each }),
      ),
    }),
  );
  expect(() => readHistory(null, 'slo.json')).toThrow(/version/);
});

describe('from CloudWatch', () => {
  let endpoint: FakeEndpoint;
  let reader: ReturnType<typeof createLevelReader>;
  beforeEach(async () => {
    endpoint = new FakeEndpoint();
    await endpoint.start();
    reader = createLevelReader({ ...endpoint.access(), application: 'orders' });
  });
  afterEach(async () => {
    reader.close();
    await endpoint.stop();
  });
  const period = { from: new Date(START), to: new Date(START + 2 * DAY), stepSeconds: 86_400 };
  const stat = (Id: string, MetricName: string, Stat: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 3600, Stat },
  });
  const alarm = (...Metrics: object[]) => ({ MetricAlarms: [{ AlarmName: 'a', Metrics }] });
  const at = [START, START + DAY].map(time => time / 1000);

  test('what is counted is read off the alarm itself; pages are put together; no events are no zeros', async () => {
    const pages = [
      {
        MetricDataResults: [
          { Id: 'total', Timestamps: [at[0]], Values: [100] },
          { Id: 'bad0', Timestamps: [at[0]], Values: [3] },
        ],
        NextToken: 'more',
      },
      {
        MetricDataResults: [
          { Id: 'total', Timestamps: [at[1]], Values: [50] },
          { Id: 'bad1', Timestamps: [at[0]], Values: [2] },
        ],
      },
    ];
    endpoint.replies = {
      DescribeAlarms: () => ({
        body: alarm(
          { Id: 'e', Expression: 'x' },
          stat('bad0', 'A', 'Sum'),
          stat('bad1', 'B', 'Sum'),
          stat('total', 'T', 'Sum'),
        ),
      }),
      GetMetricData: () => ({ body: pages.shift() ?? {} }),
    };
    expect(await reader.counts('us-east-2', 'place-order', period)).toEqual({
      counts: [
        { at: '2026-07-01T00:00:00.000Z', total: 100, bad: 5 },
        { at: '2026-07-02T00:00:00.000Z', total: 50, bad: 0 },
      ],
    });
    expect(endpoint.of('DescribeAlarms')[0]?.json).toMatchObject({
      AlarmNames: ['orders-slo-place-order-fast-long'],
    });
    const { MetricDataQueries } = (endpoint.of('GetMetricData')[0]?.json ?? {}) as {
      MetricDataQueries: { MetricStat: { Period: number } }[];
    };
    expect(MetricDataQueries.map(query => query.MetricStat.Period)).toEqual([86_400, 86_400, 86_400]);
  });

  test('values are as many as their samples, and bad by their percentile rank', async () => {
    endpoint.replies = {
      DescribeAlarms: () => ({ body: alarm(stat('good', 'Latency', 'PR(:300)')) }),
      GetMetricData: () => ({
        body: {
          MetricDataResults: [
            { Id: 'good', Timestamps: [at[0]], Values: [99] },
            { Id: 'samples', Timestamps: [at[0]], Values: [200] },
          ],
        },
      }),
    };
    expect((await reader.counts('us-east-2', 'fast', period)).counts).toEqual([
      { at: '2026-07-01T00:00:00.000Z', total: 200, bad: 2 },
    ]);
  });

  test.each([
    ['a level without an alarm', { DescribeAlarms: () => ({ body: { MetricAlarms: [] } }) }, 'not-found'],
    [
      'a series that CloudWatch may not give',
      {
        DescribeAlarms: () => ({ body: alarm(stat('total', 'T', 'Sum')) }),
        GetMetricData: () => ({ body: { MetricDataResults: [{ Id: 'total', StatusCode: 'Forbidden' }] } }),
      },
      'unavailable',
    ],
    ['a refusal', { DescribeAlarms: () => jsonError('AccessDeniedException', 400) }, 'refused'],
  ])('%s is no zero', async (_what, replies, code) => {
    endpoint.replies = replies as typeof endpoint.replies;
    await expect(reader.counts('us-east-2', 'place-order', period)).rejects.toMatchObject({ code });
  });
});

describe('holdfast slo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-slo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    const context = contextAt(folder);
    const file = path.resolve('regions/examples/orders.ts');
    await runProgram(context, ['node', 'holdfast', '--topology', file, 'slo', ...words]);
    return { code: context.ended.code, text: context.printed.join(''), said: context.emitted.join('') };
  };
  const save = (document: object) => writeFileSync(path.join(folder, 'slo.json'), JSON.stringify(document));

  test('a report of a saved history: a page with a chart of each level; what is missing is not kept', async () => {
    save(history(122, day => (day % 10 === 0 ? 30 : 5)));
    const found = await run('report', '--data', 'slo.json', '--json');
    expect(found.code).toBe(1); // the other levels of the example were not counted
    expect(JSON.parse(found.text)).toMatchObject({ version: 1, verdict: 'unchecked' });
    const page = readFileSync(path.join(folder, 'slo.html'), 'utf8');
    expect(page.match(/<svg /g)).toHaveLength(5);
    expect(page).toContain('nothing was counted');
    expect(page).not.toMatch(/<script|src=/);
  });

  test('a spent budget ends with 2, whatever else is not known', async () => {
    save(history(30, () => 50));
    expect(await run('status', '--data', 'slo.json')).toMatchObject({
      code: 2,
      text: expect.stringContaining('spent'),
    });
  });

  test.each([
    [['status'], '--target aws, or --data'],
    [['status', '--data', 'none.json'], 'a file that --save wrote'],
    [['report', '--data', 'slo.json', '--quarter', '2026-Q5'], 'such as 2026-Q3'],
  ])('%p ends with 1 and the fix', async (words, said) => {
    expect(await run(...words)).toMatchObject({ code: 1, said: expect.stringContaining(said) });
  });
});
