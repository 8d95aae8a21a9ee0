import fc from 'fast-check';
import { jsonLogger } from '../../../lib/runtime/telemetry/logger';
import { isSecretName, redact, redactedJson, redactText } from '../../../lib/runtime/telemetry/redaction';
import { VirtualClock } from '../../helpers/virtual-clock';

const of = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const URL_SAFE = `${UPPER}${LOWER}${DIGITS}-_`;

/** A text with a secret in it, and the part of it that no sink may show. */
const secrets = fc.oneof(
  of(`${UPPER}${DIGITS}`, 16).map(rest => ({ text: `AKIA${rest}`, secret: `AKIA${rest}` })),
  of(`${UPPER}${DIGITS}`, 16).map(rest => ({ text: `ASIA${rest}`, secret: `ASIA${rest}` })),
  of(`${UPPER}${LOWER}${DIGITS}/+`, 37).map(rest => ({ text: `aZ9${rest}`, secret: `aZ9${rest}` })),
  of(URL_SAFE, 20, 60).map(rest => ({ text: `Bearer ${rest}`, secret: rest })),
  fc
    .tuple(of(URL_SAFE, 10, 40), of(URL_SAFE, 10, 40), of(URL_SAFE, 10, 40))
    .map(([head, body, tail]) => ({ text: `eyJ${head}.eyJ${body}.${tail}`, secret: body })),
  fc
    .tuple(fc.constantFrom('postgres', 'redis', 'https', 'amqp+ssl'), of(`${URL_SAFE}!@:%$`, 8, 30))
    .map(([scheme, password]) => ({
      text: `${scheme}://user:${password}@host.test:5432/db`,
      secret: password,
    })),
  fc
    .tuple(fc.constantFrom('RSA ', 'EC ', ''), of(`${URL_SAFE}\n`, 64, 200), fc.boolean())
    .map(([kind, body, whole]) => ({
      text: `-----BEGIN ${kind}PRIVATE KEY-----\n${body}${whole ? `\n-----END ${kind}PRIVATE KEY-----` : ''}`,
      secret: body,
    })),
  fc
    .tuple(
      fc.constantFrom('password=', 'token: ', '"secret":"', 'api_key=', '{\\"secret\\":\\"'),
      of(URL_SAFE, 8, 30),
    )
    .map(([name, value]) => ({ text: `${name}${value}`, secret: value })),
);
/** What stands around it. */
const around = fc.constantFrom('', 'cannot reach ', '{"a":1} ', 'x: ', '(');

/** Puts a text somewhere in a value. */
const places: ReadonlyArray<readonly [string, (text: string) => unknown]> = [
  ['a field', text => ({ field: text })],
  ['a nested list', text => ({ a: [{ b: [text] }] })],
  ['a key', text => ({ [text]: 1 })],
  ['the key of a map', text => new Map([[text, 1]])],
  ['a set', text => new Set([text])],
  ['an error', text => new Error(text)],
  [
    'the cause of a cause',
    text => new Error('outer', { cause: new Error('middle', { cause: new Error(text) }) }),
  ],
  ['a cause that is a text', text => new Error('outer', { cause: text })],
  ['one of several errors', text => new AggregateError([new Error(text)], 'all failed')],
  ['what turns itself into JSON', text => ({ toJSON: () => ({ text }) })],
];

test.each(places)('no secret is shown from %s', (_where, put) => {
  fc.assert(
    fc.property(secrets, around, ({ text, secret }, before) => {
      const lines: string[] = [];
      const logger = jsonLogger({ clock: new VirtualClock(), write: line => lines.push(line), base: {} });
      logger.info(`${before}${text}`, { value: put(`${before}${text}`) });
      expect(JSON.parse(lines[0] ?? '').message).toContain('***');
      expect(lines[0]).not.toContain(JSON.stringify(secret).slice(1, -1));
    }),
    { numRuns: 150 },
  );
});

test.each([
  'password',
  'dbPassword',
  'AWS_SECRET_ACCESS_KEY',
  'x-api-key',
  'Authorization',
  'set-cookie',
  'sessionToken',
  'privateKey',
  'passphrase',
])('what is named %s is hidden, whatever it holds', name => {
  for (const held of ['hunter2', 42, { deep: 'hunter2' }, ['hunter2']]) {
    expect(redact({ [name]: held })).toEqual({ [name]: '***' });
  }
  expect([redact({ [name]: null }), isSecretName(name)]).toEqual([{ [name]: null }, true]);
});

test.each([
  'GET /orders/7b0c1d3e-0000-4000-8000-000000000001',
  'commit 3339960b1f6f7f0d4c2b5a1e9d8c7b6a59483726',
  'https://host.test/path?mail=a',
  '2026-01-01T00:00:00.000Z',
  'sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
])('%s is no secret', text => {
  expect(redactText(text)).toBe(text);
});

test('what refers to itself, is deep, large or cannot be read does not throw', () => {
  const circle: Record<string, unknown> = { name: 'circle' };
  circle.self = circle;
  const deep = Array.from({ length: 50 }).reduce<unknown>(inner => ({ inner }), 'end');
  const bad = {
    get value() {
      throw new Error('no');
    },
  };
  expect(redact({ circle, bad, big: 12n, bytes: Buffer.from('abc') })).toEqual({
    circle: { name: 'circle', self: '[circular]' },
    bad: '[unreadable]',
    big: '12',
    bytes: '[3 bytes]',
  });
  expect(JSON.stringify(redact(deep))).toContain('[deep]');
  expect(JSON.stringify(redact(JSON.parse('{"__proto__":{"password":"hunter2"}}')))).toBe(
    '{"__proto__":{"password":"***"}}',
  );
});

test('the short way to a line gives what the long way gives', () => {
  const value = fc.oneof(
    fc.string(),
    secrets.map(({ text }) => text),
    of(`${UPPER}${LOWER}${DIGITS}/+`, 35, 90),
    fc.constantFrom(1, Number.NaN, true, null, undefined, Symbol('x'), 'a "quoted"\nline'),
  );
  const name = fc.oneof(
    fc.constantFrom('path', 'status', 'password', 'toJSON', '__proto__', 'api_key', 'tokens'),
    secrets.map(({ text }) => text),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), line => {
      expect(redactedJson(line)).toBe(JSON.stringify(redact(line)));
    }),
    { numRuns: 300 },
  );
});

test('a secret access key is found wherever it begins in a long text', () => {
  const key = `aZ9${'b'.repeat(37)}`;
  for (let before = 0; before < 130; before += 1) {
    const text = `${'-'.repeat(before)} ${key}`;
    expect(redactText(text)).not.toContain(key);
    expect(redactText(`${text} ${'.'.repeat(before)}`)).not.toContain(key);
    expect(redactedJson({ text })).not.toContain(key);
  }
});
