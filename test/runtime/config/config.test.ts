import fc from 'fast-check';
import { type ConfigPoll, type ConfigSource, RemoteConfig } from '../../../lib/runtime/config/config';
import type { ConfigStore, StoredConfig } from '../../../lib/runtime/config/config-store';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { DEFAULT_CONFIG, parseServiceConfig, type ServiceConfig } from '../../../lib/service/service-config';
import { VirtualClock } from '../../helpers/virtual-clock';

/** One turn of a scripted service: a document, nothing new, or an outage. */
type Turn = { readonly content: string; readonly version?: string } | 'unchanged' | 'outage';

function remote(turns: readonly Turn[], store?: ConfigStore) {
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
    store,
  });
  return { clock, config, calls, source };
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

test('a bad document keeps the value in force, its age grows, and it is asked for again by a new session', async () => {
  const { clock, config, calls } = remote([
    { content: '{"cacheSeconds":5}' },
    { content: '{"cacheSeconds":"5"}' },
    { content: '{"cacheSec' },
    { content: '{"cacheSeconds":6}' },
  ]);
  await config.poll();
  await clock.advance(30_000);
  await config.poll();
  await config.poll();
  expect(config.value.cacheSeconds).toBe(5);
  expect(config.ageSeconds).toBe(30);
  expect(config.problem).toMatch(/not valid/);
  await config.poll();
  expect([config.value.cacheSeconds, config.ageSeconds, calls.start]).toEqual([6, 0, 3]);
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

/** A store in memory. */
function memory(stored?: StoredConfig) {
  const state = { stored, writes: 0, failure: undefined as Error | undefined };
  const store: ConfigStore = {
    read: async () => state.stored,
    async write(next) {
      state.writes += 1;
      if (state.failure !== undefined) throw state.failure;
      state.stored = next;
    },
  };
  return { state, store };
}

describe('BP-28: a restart during an outage', () => {
  test('serves the last good document of the earlier life, and says from when it is', async () => {
    const { state, store } = memory();
    const first = remote([{ content: '{"fulfilmentPaused":true}', version: 'v7' }], store);
    await first.config.poll();
    expect(state.stored).toMatchObject({ version: 'v7', confirmedAt: '2026-01-01T00:00:00.000Z' });
    const second = remote(['outage'], store);
    await second.clock.advance(90_000);
    await second.config.restore();
    await second.config.poll();
    const { config } = second;
    expect(config.value.fulfilmentPaused).toBe(true);
    expect([config.version, config.origin, config.ageSeconds]).toEqual(['v7', 'store', 90]);
  });

  test.each([
    ['nothing', undefined],
    ['what this build cannot read', '{"cacheSeconds":"5"}'],
  ])('with %s kept serves the defaults', async (_what, content) => {
    const kept =
      content === undefined ? undefined : { content, version: 'v1', confirmedAt: '2026-01-01T00:00:00Z' };
    const { config } = remote(['outage'], memory(kept).store);
    await config.restore();
    expect([config.value, config.origin, config.ageSeconds]).toEqual([DEFAULT_CONFIG, 'defaults', null]);
  });

  test('a clock that went back makes no age below zero; what is known of the service comes first', async () => {
    const kept = { content: '{"cacheSeconds":9}', version: 'v1', confirmedAt: '2030-01-01T00:00:00Z' };
    const { config } = remote([{ content: '{"cacheSeconds":5}', version: 'v2' }], memory(kept).store);
    await config.restore();
    expect(config.ageSeconds).toBe(0);
    await config.poll();
    await config.restore();
    expect([config.value.cacheSeconds, config.origin]).toEqual([5, 'service']);
  });

  test('only what is in force is kept, and its confirmation now and then; a full disk stops nothing', async () => {
    const { state, store } = memory();
    const bad = { content: '{"cacheSeconds":"x"}', version: 'v2' };
    const { config, clock } = remote(
      [{ content: '{"cacheSeconds":5}', version: 'v1' }, 'unchanged', bad],
      store,
    );
    state.failure = new Error('the disk is full');
    await config.poll();
    expect([config.value.cacheSeconds, state.writes]).toEqual([5, 1]);
    state.failure = undefined;
    await config.poll();
    expect([state.stored?.version, state.writes]).toEqual(['v1', 2]);
    await clock.advance(301_000);
    await config.poll();
    expect([state.stored?.version, state.writes]).toEqual(['v1', 2]);
  });
});

describe('an answer that came without its document', () => {
  test.each<[string, readonly Turn[]]>([
    ['the first of a session', [{ content: '' }]],
    [
      'one with the label of another version',
      [
        { content: '{}', version: 'v1' },
        { content: '', version: 'v2' },
      ],
    ],
  ])('%s confirms nothing and begins a new session', async (_what, turns) => {
    const { config, calls } = remote([...turns, { content: '{"cacheSeconds":5}', version: 'v2' }]);
    for (const _turn of turns) await config.poll();
    expect(config.problem).toMatch(/without its document/);
    await config.poll();
    expect([config.value.cacheSeconds, calls.start, config.problem]).toEqual([5, 2, undefined]);
  });

  test('one with the label of what is in force is an unchanged one', async () => {
    const { config } = remote([
      { content: '{}', version: 'v1' },
      { content: '', version: 'v1' },
    ]);
    await config.poll();
    await config.poll();
    expect(config.problem).toBeUndefined();
  });

  test('one that nothing shows is missed for no longer than a session lasts', async () => {
    const { config, calls, clock } = remote([
      { content: '{}' },
      'unchanged',
      { content: '{"cacheSeconds":5}' },
    ]);
    await config.poll();
    await clock.advance(3_600_000);
    await config.poll();
    await config.poll();
    expect([calls.start, config.value.cacheSeconds]).toEqual([2, 5]);
  });
});

test.each([
  [0, 1],
  [Number.NaN, 15],
  [1e9, 86_400],
])('a pause of %d seconds that the service asks for is taken as %d', async (asked, taken) => {
  const { config, source } = remote([{ content: '{}' }]);
  const poll = source.poll.bind(source);
  source.poll = async token => ({ ...(await poll(token)), nextPollSeconds: asked });
  expect(await config.poll()).toBe(taken);
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
  ['BP-27: nothing for a switch', '{"fulfilmentPaused":null}'],
  ['BP-27: nothing for a number', '{"cacheSeconds":null}'],
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
