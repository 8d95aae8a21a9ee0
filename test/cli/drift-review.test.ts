import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../lib/cli/program';
import { systemClock } from '../../lib/clock';
import type { DriftReport } from '../../lib/drift';
import { ROOT } from '../helpers/sources';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drift-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function drift(today: string, ...words: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  let exitCode: number = 0;
  await runProgram(
    {
      ...{ projectRoot: folder, installRoot: ROOT, colour: false, environment: {} },
      clock: { ...systemClock, now: () => new Date(`${today}T12:00:00Z`) },
      signal: new AbortController().signal,
      output: { emit: event => told.push(event.text) },
      print: text => printed.push(text),
      exit: code => {
        exitCode = code;
      },
    },
    ['node', 'holdfast', 'drift', ...words],
  );
  return { exitCode, told: told.join('\n'), stdout: printed.join('') };
}

const PLAN = [
  '--plan',
  path.join(ROOT, 'test/fixtures/terraform-plans/10-delete.json'),
  '--json',
  '--fail-on',
  'change',
];
const reportOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as DriftReport;
const ignoreFile = () => path.join(folder, 'drift-ignore.yaml');
const ACCEPT = ['--reason', 'it is removed on purpose', '--owner', 'orders team', '--expires', '2027-01-31'];

test('a finding is explained, accepted, ignored, listed, and after its last day fails again', async () => {
  const first = await drift('2026-11-25', ...PLAN);
  expect(first.exitCode).toBe(2);
  const [finding] = reportOf(first).findings;
  const id = finding?.id as string;

  const explained = await drift('2026-11-25', 'explain', id);
  expect(explained.exitCode).toBe(0);
  expect(explained.stdout).toContain('terraform_data.secret');

  expect((await drift('2026-11-25', 'accept', id, ...ACCEPT)).exitCode).toBe(0);
  expect(readFileSync(ignoreFile(), 'utf8')).toContain('reason: it is removed on purpose');

  const ignored = await drift('2027-01-31', ...PLAN);
  expect(ignored.exitCode).toBe(0);
  expect(reportOf(ignored)).toMatchObject({ verdict: 'clean', findings: [], counts: { ignored: 1 } });
  expect(reportOf(ignored).ignored).toMatchObject([{ id, owner: 'orders team' }]);
  const again = await drift('2027-01-31', '--report', path.join(folder, 'out/drift/report.json'), '--json');
  expect(reportOf(again)).toEqual(reportOf(ignored));
  expect(
    (await drift('2027-01-31', '--report', path.join(folder, 'out/drift/report.json'))).stdout,
  ).toContain('1 ignored');

  const expired = await drift('2027-02-01', ...PLAN);
  expect(expired.exitCode).toBe(2);
  expect(
    reportOf(expired)
      .findings.map(({ rule }) => rule)
      .sort(),
  ).toEqual(['change', 'ignore-expired']);
  const others = await drift(
    '2027-02-01',
    '--plan',
    path.join(ROOT, 'test/fixtures/terraform-plans/02-noop.json'),
  );
  expect(others.exitCode).toBe(1);
});

test('a named ignore file that is not there, or is not valid, stops the run', async () => {
  const missing = await drift('2026-11-25', ...PLAN, '--ignore', path.join(folder, 'none.yaml'));
  expect(missing.exitCode).toBe(1);
  writeFileSync(ignoreFile(), 'version: 1\nentries: [{ rule: change }]\n');
  const wrong = await drift('2026-11-25', ...PLAN);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.told + wrong.stdout).toContain('entries[0].reason');
});

test('nothing is written for an id that the report does not have, or for a day that is over', async () => {
  const [finding] = reportOf(await drift('2026-11-25', ...PLAN)).findings;
  expect((await drift('2026-11-25', 'accept', 'no-such-id', ...ACCEPT)).exitCode).toBe(1);
  expect((await drift('2027-02-01', 'accept', finding?.id as string, ...ACCEPT)).exitCode).toBe(1);
  expect(existsSync(ignoreFile())).toBe(false);
});
