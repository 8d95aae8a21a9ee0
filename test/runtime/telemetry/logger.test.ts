import fc from 'fast-check';
import {
  acceptCorrelationId,
  correlationId,
  withCorrelationId,
} from '../../../lib/runtime/telemetry/correlation';
import { jsonLogger } from '../../../lib/runtime/telemetry/logger';
import { VirtualClock } from '../../helpers/virtual-clock';

function capture(level?: 'debug' | 'error') {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  return {
    lines,
    logger: jsonLogger({ clock: new VirtualClock(), write, base: { region: 'us-east-2' }, level }),
  };
}

test('one line is one JSON object with time, level, message, base and fields', () => {
  const { lines, logger } = capture();
  logger.info('hello', { answer: 42 });
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: '2026-01-01T00:00:00.000Z',
    level: 'info',
    message: 'hello',
    region: 'us-east-2',
    answer: 42,
  });
});

test('lines below the level are not written', () => {
  const { lines, logger } = capture('error');
  logger.warn('no');
  logger.error('yes');
  expect(lines).toHaveLength(1);
});

test('the correlation id of the work in hand stands in every line', async () => {
  const { lines, logger } = capture();
  await withCorrelationId('abc', async () => {
    await Promise.resolve();
    logger.info('inside');
  });
  expect(JSON.parse(lines[0] ?? '').correlationId).toBe('abc');
  expect(correlationId()).toBeUndefined();
});

test('secrets are masked by name and by shape, however deep', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        'password',
        'dbPassword',
        'Authorization',
        'AWS_SECRET_ACCESS_KEY',
        'sessionToken',
        'Cookie',
      ),
      fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
      (name, path) => {
        const { lines, logger } = capture();
        const secret = { [name]: 'hunter2' };
        logger.info(
          'x',
          path.reduce<Record<string, unknown>>((inner, key) => ({ [key]: inner }), secret),
        );
        expect(lines[0]).not.toContain('hunter2');
      },
    ),
  );
  const { lines, logger } = capture();
  logger.info('x', { error: new Error('cannot reach redis://user:hunter2@cache:6379/0') });
  logger.info('x', { url: 'https://host/?X-Amz-Signature=hunter2&b=1' });
  expect(lines.join()).not.toContain('hunter2');
  expect(lines[1]).toContain('b=1');
});

test('a correlation id is taken over only when it is safe in a log line', () => {
  const make = () => 'new';
  expect(acceptCorrelationId('req-1:a.b', make)).toBe('req-1:a.b');
  for (const bad of [undefined, '', 'a b', 'a"}{', 'x'.repeat(129), 'a\nb']) {
    expect(acceptCorrelationId(bad, make)).toBe('new');
  }
});
