import { performance } from 'node:perf_hooks';
import { systemClock } from '../lib/runtime/clock';
import { correlationId, withCorrelationId } from '../lib/runtime/telemetry/correlation';
import { jsonLogger } from '../lib/runtime/telemetry/logger';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';

const LINES = 50_000;
const ID = '3f0c8a52-6f4e-4f0b-9c57-6f2f6f0f5a11';
const BASE = { region: 'us-east-2', instance: 'i-0123456789abcdef0', part: 'clone' };

/** Lines as the service writes them: one for a request, one for a failure with its cause. */
const FIELDS: Readonly<Record<string, (turn: number) => Record<string, unknown>>> = {
  'a request': turn => ({
    method: 'GET',
    path: `/orders/${ID.slice(4)}${turn}`,
    status: 200,
    milliseconds: 3,
  }),
  'an error with its cause': turn => ({
    dependency: 'database',
    error: new Error(`the database does not answer: ${turn}`, {
      cause: new Error('ECONNREFUSED 10.0.0.7:5432'),
    }),
    path: `postgres://service:password@db-${turn}/orders`,
  }),
};

/** What a log line costs with its redaction, beside the same line as plain JSON: in turn, in one process. */
export async function benchTelemetry(rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const [name, fields] of Object.entries(FIELDS)) {
    const { plain, logger } = await interleave(
      { plain: () => microseconds(plainLine, fields), logger: () => microseconds(loggedLine, fields) },
      rounds,
    );
    const times = `${pairedRatio(logger, plain).toFixed(2)} x`;
    rows.push([name, `${median(plain).toFixed(2)} us`, `${median(logger).toFixed(2)} us`, times]);
  }
  const title = `A log line: median of ${rounds} rounds of ${LINES} lines`;
  return `${title}\n\n${markdownTable(['line', 'plain JSON', 'with redaction', 'dearer by'], rows)}`;
}

type Write = (fields: Record<string, unknown>) => void;

let written = 0;
const logger = jsonLogger({
  clock: systemClock,
  base: BASE,
  write: line => {
    written += line.length;
  },
});
const loggedLine: Write = fields => logger.info('request', fields);
const plainLine: Write = fields => {
  const time = systemClock.now().toISOString();
  const line = {
    time,
    level: 'info',
    message: 'request',
    ...BASE,
    correlationId: correlationId(),
    ...fields,
  };
  written += JSON.stringify(line).length;
};

async function microseconds(
  write: Write,
  fields: (turn: number) => Record<string, unknown>,
): Promise<number> {
  // Made before, so that neither pays for making an error and its stack.
  const lines = Array.from({ length: LINES }, (_, turn) => fields(turn));
  const before = written;
  const start = performance.now();
  withCorrelationId(ID, () => {
    for (const line of lines) write(line);
  });
  const taken = performance.now() - start;
  if (written === before) throw new Error('nothing was written');
  return (taken * 1000) / LINES;
}
