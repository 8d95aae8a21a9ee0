import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogSearch } from '../../../lib/aws';
import { runProgram } from '../../../lib/cli/program';
import { lineOf, traceOf } from '../../../lib/operations';
import { FakeEndpoint, jsonError } from '../../aws/fake-endpoint';
import { contextAt } from '../../helpers/cli-context';

const place = { region: 'us-east-2', source: 'service-1' };
const line = (more: object) =>
  JSON.stringify({ time: '2026-11-25T10:00:00.000Z', level: 'info', message: 'request', ...more });

describe('a line', () => {
  test.each([
    ['its correlation id', { correlationId: 'abc-1' }],
    ['a field', { orderId: 'abc-1' }],
    ['a field within a field', { order: { ids: ['x', 'abc-1'] } }],
    ['a word of a text', { path: '/orders/abc-1' }],
  ])('is of an id by %s', (_what, more) => {
    expect(lineOf(line(more), 'abc-1', place)).toMatchObject({
      at: '2026-11-25T10:00:00.000Z',
      message: 'request',
      ...place,
    });
  });

  test.each([
    ['a longer id', line({ correlationId: 'abc-12' })],
    ['an id that ends like it', line({ correlationId: 'x-abc-1' })],
    ['no JSON', 'plain text abc-1'],
    ['no line of ours', '"abc-1"'],
    ['nothing of it', line({ correlationId: 'other' })],
  ])('is not for %s', (_what, text) => {
    expect(lineOf(text, 'abc-1', place)).toBeUndefined();
  });
});

test('lines of two Regions in the order of their time; what was not searched is no nothing', () => {
  const made = (at: string, region: string) => ({
    at,
    region,
    source: region,
    level: 'info',
    message: 'm',
    fields: {},
  });
  const trace = traceOf(
    'a',
    [made('2026-11-25T10:00:02.000Z', 'b'), made('2026-11-25T10:00:01.000Z', 'a')],
    [],
  );
  expect(trace.lines.map(({ region }) => region)).toEqual(['a', 'b']);
  expect(traceOf('a', [], []).verdict).toBe('nothing');
  expect(traceOf('a', [], ['us-west-2: denied']).verdict).toBe('unchecked');
});

describe('in CloudWatch Logs', () => {
  let endpoint: FakeEndpoint;
  let search: ReturnType<typeof createLogSearch>;
  beforeEach(async () => {
    endpoint = new FakeEndpoint();
    await endpoint.start();
    search = createLogSearch({ ...endpoint.access(), application: 'orders' });
  });
  afterEach(async () => {
    search.close();
    await endpoint.stop();
  });
  const period = { from: new Date('2026-11-25T09:00:00Z'), to: new Date('2026-11-25T11:00:00Z') };
  const groups = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ logGroupName: `orders-service-${index}` }));

  test('every group of every page, fifty a query, until each has ended', async () => {
    const pages = [{ logGroups: groups(40), nextToken: 'more' }, { logGroups: groups(20) }];
    const states = ['Running', 'Complete', 'Complete'];
    endpoint.replies = {
      DescribeLogGroups: () => ({ body: pages.shift() ?? {} }),
      StartQuery: () => ({ body: { queryId: 'q' } }),
      GetQueryResults: () => ({
        body: {
          status: states.shift() ?? 'Complete',
          results: [
            [
              { field: '@logStream', value: 'i-1' },
              { field: '@message', value: '{}' },
            ],
          ],
        },
      }),
    };
    const { groups: searched, lines } = await search.find('us-east-2', 'abc-1', period);
    expect(searched).toBe(60);
    expect(lines).toEqual([
      { stream: 'i-1', text: '{}' },
      { stream: 'i-1', text: '{}' },
    ]);
    const sent = endpoint.of('StartQuery').map(({ json }) => (json.logGroupNames as string[]).length);
    expect(sent.sort()).toEqual([10, 50]);
    expect(endpoint.of('StartQuery')[0]?.json.queryString).toContain('strcontains(@message, "abc-1")');
  });

  test.each([
    ['without a group', { DescribeLogGroups: () => ({ body: { logGroups: [] } }) }, 'not-found'],
    ['refused', { DescribeLogGroups: () => jsonError('AccessDeniedException') }, 'refused'],
    [
      'a query that fails',
      {
        DescribeLogGroups: () => ({ body: { logGroups: groups(1) } }),
        StartQuery: () => ({ body: { queryId: 'q' } }),
        GetQueryResults: () => ({ body: { status: 'Failed' } }),
      },
      'unavailable',
    ],
  ])('%s is no nothing', async (_what, replies, code) => {
    endpoint.replies = replies as typeof endpoint.replies;
    await expect(search.find('us-east-2', 'abc-1', period)).rejects.toMatchObject({ code });
  });
});

describe('holdfast trace', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-trace-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    const context = contextAt(folder);
    const file = path.resolve('regions/examples/orders.ts');
    await runProgram(context, ['node', 'holdfast', '--topology', file, 'trace', ...words]);
    return { code: context.ended.code, text: context.printed.join(''), said: context.emitted.join('') };
  };
  const write = (name: string, ...lines: string[]) => {
    mkdirSync(path.join(folder, '.holdfast/logs'), { recursive: true });
    writeFileSync(path.join(folder, '.holdfast/logs', name), `${lines.join('\n')}\n`);
  };

  test('from request to worker, over the files of both Regions', async () => {
    write(
      'service-us-east-2-i-1.log',
      line({ correlationId: 'abc-1', status: 201 }),
      line({ correlationId: 'other' }),
    );
    write(
      'worker-us-west-2-i-2.log',
      line({ time: '2026-11-25T10:00:01.000Z', correlationId: 'abc-1', message: 'order.fulfilled' }),
    );
    const found = await run('abc-1', '--json');
    expect(found.code).toBe(0);
    expect(
      JSON.parse(found.text).lines.map(({ region, message }: { region: string; message: string }) => [
        region,
        message,
      ]),
    ).toEqual([
      ['us-east-2', 'request'],
      ['us-west-2', 'order.fulfilled'],
    ]);
    expect((await run('abc-1')).text).toMatch(/service-us-east-2-i-1 +info +request +status=201\n/);
  });

  test('nothing ends with 2, no lab and no id with 1', async () => {
    expect(await run('abc-1')).toMatchObject({ code: 1, said: expect.stringContaining('holdfast up') });
    write('service-us-east-2-i-1.log', line({ correlationId: 'other' }));
    expect(await run('abc-1')).toMatchObject({
      code: 2,
      text: expect.stringContaining('no line holds abc-1'),
    });
    expect(await run('x" | limit 1')).toMatchObject({
      code: 1,
      said: expect.stringContaining('has other signs'),
    });
  });
});
