import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatJobs, formatReplay, formatShown } from '../../lib/cli/actions/jobs-text';
import { parseTime } from '../../lib/cli/commands/jobs';
import { runCli } from '../helpers/cli';

const NOW = new Date('2026-11-25T06:00:00Z');

test.each([
  ['30s', '2026-11-25T05:59:30.000Z'],
  ['15m', '2026-11-25T05:45:00.000Z'],
  ['2h', '2026-11-25T04:00:00.000Z'],
  ['3d', '2026-11-22T06:00:00.000Z'],
  ['2026-11-24', '2026-11-24T00:00:00.000Z'],
  ['2026-11-24T10:00:00Z', '2026-11-24T10:00:00.000Z'],
])('the time %s is read', (text, at) => expect(parseTime(text, NOW).toISOString()).toBe(at));

test.each(['', 'h', '2w', '-3h', 'yesterday', '2026-13-01'])('the time "%s" is refused', text => {
  expect(() => parseTime(text, NOW)).toThrow('use an ISO time');
});

test('a replay without ids and without a state, or with both, exits 1 before anything is asked', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-jobs-'));
  writeFileSync(path.join(folder, 'cdk.json'), '{}');
  try {
    for (const words of [[], ['--state', 'done'], ['some-id', '--state', 'parked']]) {
      const { exitCode, stderr } = await runCli(['jobs', 'replay', ...words], { cwd: folder });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('--state');
    }
    const { stderr } = await runCli(['jobs', 'list'], { cwd: folder });
    expect(stderr).toContain('holdfast up');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a list says what it could not look into, and that there may be more', () => {
  const job = { id: 'a', state: 'failed' as const, kind: 'fulfil', region: 'us-east-2', epoch: null };
  const text = formatJobs(
    {
      active: { region: 'us-west-2', epoch: 2 },
      totals: {
        owed: 2,
        unsent: 1,
        unsentLate: 1,
        oldestOwedSeconds: 7.4,
        parked: 0,
        oldestParkedSeconds: null,
        failed: 1,
      },
      queues: [{ region: 'us-east-2', kind: 'work', problem: 'no answer' }],
      jobs: [{ ...job, at: NOW, correlationId: 'c', messageId: 'm', code: 'conflict', reason: 'why' }],
    },
    1,
  );
  expect(text).toContain('owed: 2, oldest 7 s; not sent under this epoch: 1');
  expect(text).toMatch(/us-east-2\s+work\s+standby\s+unknown\s+unknown\s+unknown\s+no answer/);
  expect(text).toMatch(/failed\s+fulfil\s+a\s+us-east-2\s+-\s+m\s+c\s+conflict: why/);
  expect(text).toContain('there may be more');
});

test('a replay says how much became what, and what is left', () => {
  const jobs = [
    { id: 'a', result: 'replayed' as const },
    { id: 'b', result: 'replayed' as const },
    { id: 'c', result: 'done' as const },
  ];
  expect(formatReplay({ jobs, bounded: false, interrupted: false })).toBe('2 replayed, 1 done');
  expect(formatReplay({ jobs, bounded: false, interrupted: true })).toContain('the same command');
  expect(formatReplay({ jobs, bounded: true, interrupted: false })).toContain('maximum was reached');
  expect(formatReplay({ jobs: [], bounded: false, interrupted: false })).toBe('no such jobs');
});

test('a job without a recorded attempt is told so, with its outbox row', () => {
  const owed = { correlationId: 'c', createdAt: NOW, epochSent: null, sentAt: null, closedAt: null };
  const text = formatShown({ id: 'a', attempts: [], parked: [], owed: { ...owed, closedEpoch: null } });
  expect(text).toContain('no attempt is recorded');
  expect(text).toContain('never sent, open, correlation c');
});
