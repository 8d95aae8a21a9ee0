import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXPERIMENTS } from '../../../constructs/operations/chaos-actions';
import { SCENARIOS } from '../../../lib/cli/game-days';
import { runProgram } from '../../../lib/cli/program';
import { CHAOS_SCENARIOS, reviewOf } from '../../../lib/operations';
import { contextAt } from '../../helpers/cli-context';

test('the experiments are those of the construct, with the same actions', () => {
  expect(CHAOS_SCENARIOS.map(({ id }) => id).sort()).toEqual(Object.keys(EXPERIMENTS).sort());
  const source = readFileSync('constructs/operations/chaos-actions.ts', 'utf8');
  for (const { action } of CHAOS_SCENARIOS)
    for (const name of action.match(/aws:[\w:-]+|AWSFIS-[\w-]+/g) ?? [])
      expect(source).toContain(`'${name}'`);
});

test('every experiment has a twin in the lab that is there, or a reason why not', () => {
  for (const { twin, refused } of CHAOS_SCENARIOS) {
    if (twin === undefined) expect(refused).toMatch(/\w{10}|\w+ \w+/);
    else expect(Object.keys(SCENARIOS)).toContain(twin);
    expect(twin === undefined).toBe(refused !== undefined);
  }
});

const evidence = {
  version: 1,
  id: 'failover-1',
  mode: 'failover',
  target: 'lab',
  from: 'us-east-2',
  to: 'us-west-2',
  outcome: 'done',
  rtoSeconds: 8.25,
  rpoSeconds: null,
  objectives: { rtoSeconds: 900, rpoSeconds: 30 },
  missed: ['rpo: not measured'],
  writes: { acknowledged: 700 },
  ledger: { lost: 3, complete: true, ids: ['a'] },
  phases: [{ name: 'fence', seconds: 1.5, within: true }],
  approvals: [{ what: 'data loss', by: 'some|body' }],
};

test('a review holds the facts, says what was not measured, and asks people the rest', () => {
  const review = reviewOf(evidence, 'report.json');
  expect(review).toContain('| recovery time | 8.3 s of 900 s promised |');
  expect(review).toContain('| writes lost, as time | not measured of 30 s promised |');
  expect(review).toContain('| lost | 3 |');
  expect(review).toContain('| fence | 1.5 | yes |');
  expect(review).toContain('Missed: rpo: not measured.');
  expect(review).toMatch(/What users felt.*How it was noticed.*What made it possible.*What changes/s);
});

describe('holdfast chaos', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-chaos-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    const context = contextAt(folder);
    const file = path.resolve('regions/examples/orders.ts');
    await runProgram(context, ['node', 'holdfast', '--topology', file, 'chaos', ...words]);
    return { code: context.ended.code, text: context.printed.join(''), said: context.emitted.join('') };
  };

  test('lists and reviews', async () => {
    expect(await run('list')).toMatchObject({ code: 0, text: expect.stringContaining('zone-power-loss') });
    writeFileSync(path.join(folder, 'report.json'), JSON.stringify(evidence));
    expect(await run('report', 'report.json', '--out', 'review.md')).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(folder, 'review.md'), 'utf8')).toContain('failover-1');
  });

  test.each([
    [['run', 'fly', '--to', 'us-west-2'], 'no experiment fly'],
    [['run', 'packet-loss', '--to', 'us-west-2'], 'has no twin in the lab'],
    [['run', 'instance-stop', '--to', 'us-west-2'], 'holdfast up'],
    [['report', 'none.json'], 'in out/drills'],
  ])('%p ends with 1 and says why', async (words, said) => {
    expect(await run(...words)).toMatchObject({ code: 1, said: expect.stringContaining(said) });
  });
});
