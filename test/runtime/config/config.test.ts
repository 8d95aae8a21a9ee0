import fc from 'fast-check';
import { type ConfigPoll, type ConfigSource, RemoteConfig } from '../../../lib/runtime/config/config';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { DEFAULT_CONFIG, parseServiceConfig, type ServiceConfig } from '../../../lib/service/service-config';
import { VirtualClock } from '../../helpers/virtual-clock';

/** One turn of a scripted service: a document, nothing new, or an outage. */
type Turn = { readonly content: string; readonly version?: string } | 'unchanged' | 'outage';

function remote(turns: readonly Turn[]) {
  const clock = new VirtualClock();
  const calls = { start: 0, tokens: [] as string[] };
  let turn = 0;
  const source: ConfigSource = {
    async start() {
      calls.start += 1;
      return `session-${calls.start}`;
    },
    async poll(token): Promise<ConfigPoll> {
      calls.tokens.push(token);
      const next = turns[Math.min(turn, turns.length - 1)];
      turn += 1;
      if (next === undefined || next === 'outage') throw new Error('no answer');
      const common = { nextToken: `token-${turn}`, nextPollSeconds: 30 };
      return next === 'unchanged' ? { ...common, content: '' } : { ...common, ...next };
    },
  };
  const config = new RemoteConfig<ServiceConfig>({
    source,
    clock,
    logger: silentLogger,
    defaults: DEFAULT_CONFIG,
    parse: parseServiceConfig,
  });
  return { clock, config, calls };
}

test('a cold start in an outage serves safe defaults and says that nothing was confirmed', async () => {
  const { config } = remote(['outage']);
  expect(await config.poll()).toBe(15);
  expect(config.value).toBe(DEFAULT_CONFIG);
  expect({ version: config.version, age: config.ageSeconds }).toEqual({ version: 'defaults', age: null });
});

test('BP-28: an empty answer means unchanged, not empty; it confirms the value in force', async () => {
  const { clock, config } = remote([{ content: '{"cacheSeconds":5}', version: 'v1' }, 'unchanged', 'outage']);
  expect(await config.poll()).toBe(30);
  await clock.advance(30_000);
  expect(config.ageSeconds).toBe(30);
  await config.poll();
  expect(config.value.cacheSeconds).toBe(5);
  expect(config.ageSeconds).toBe(0);
  await clock.advance(60_000);
  await config.poll();
  expect(config.value.cacheSeconds).toBe(5);
  expect(config.ageSeconds).toBe(60);
  expect(config.problem).toBe('no answer');
});

test('after a failure the next poll begins a new session: a token serves once', async () => {
  const { config, calls } = remote([{ content: '{}' }, 'outage', 'unchanged']);
  for (let poll = 0; poll < 3; poll += 1) await config.poll();
  expect(calls.start).toBe(2);
  expect(new Set(calls.tokens).size).toBe(calls.tokens.length);
});

test('a bad document keeps the value in force and its age grows, although the service says unchanged', async () => {
  const { clock, config } = remote([
    { content: '{"cacheSeconds":5}' },
    { content: '{"cacheSeconds":"5"}' },
    'unchanged',
  ]);
  await config.poll();
  await clock.advance(30_000);
  await config.poll();
  await config.poll();
  expect(config.value.cacheSeconds).toBe(5);
  expect(config.ageSeconds).toBe(30);
  expect(config.problem).toMatch(/not valid/);
});

test('a version without a label is told by its content', async () => {
  const { config } = remote([
    { content: '{}' },
    { content: '{"cacheSeconds":5}' },
    { content: '{}', version: 'v3' },
  ]);
  const versions: string[] = [];
  for (let poll = 0; poll < 3; poll += 1) {
    await config.poll();
    versions.push(config.version);
  }
  expect(new Set(versions).size).toBe(3);
  expect(versions[2]).toBe('v3');
});

test('polls at the pace that the service asks for, and stops when told', async () => {
  const { clock, config, calls } = remote([{ content: '{}' }, 'unchanged']);
  const stop = new AbortController();
  const ended = config.run(stop.signal);
  await clock.advance(95_000);
  expect(calls.tokens).toHaveLength(4);
  stop.abort();
  await ended;
});

const documents = fc.oneof(
  fc.record({ cacheSeconds: fc.integer({ min: 1, max: 86_400 }) }).map(value => JSON.stringify(value)),
  fc.json(),
  fc.string(),
);
const turns = fc.array(
  fc.oneof(
    fc.constant<Turn>('unchanged'),
    fc.constant<Turn>('outage'),
    documents.map(content => ({ content })),
  ),
  { minLength: 1, maxLength: 12 },
);

test('whatever comes, only a valid value is ever served, and only a valid document changes it', async () => {
  await fc.assert(
    fc.asyncProperty(turns, async script => {
      const { config } = remote(script);
      let expected: ServiceConfig = DEFAULT_CONFIG;
      for (const turn of script) {
        await config.poll();
        if (typeof turn === 'object' && turn.content !== '') {
          try {
            expected = parseServiceConfig(turn.content);
          } catch {}
        }
        expect(config.value).toEqual(expected);
      }
    }),
  );
});

test.each([
  ['BP-27: a text for a switch', '{"fulfilmentPaused":"false"}'],
  ['BP-27: a number for a switch', '{"fulfilmentPaused":0}'],
  ['a text for a number', '{"cacheSeconds":"60"}'],
  ['a fraction', '{"cacheSeconds":1.5}'],
  ['out of bounds', '{"idempotencyHours":0}'],
  ['a list', '[]'],
  ['nothing', 'null'],
])('refuses %s', (_what, content) => {
  expect(() => parseServiceConfig(content)).toThrow();
});

test('takes a document with fields of newer builds', () => {
  expect(parseServiceConfig('{"cacheSeconds":7,"new":true}').cacheSeconds).toBe(7);
});
