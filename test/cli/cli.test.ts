import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { createProgram, runProgram } from '../../lib/cli/program';
import orders from '../../regions/examples/orders';
import { runCli } from '../helpers/cli';
import { contextAt } from '../helpers/cli-context';
import { ROOT } from '../helpers/sources';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every command there is, as words, those that only hold others among them. */
function commandsOf(command: Command, words: readonly string[] = []): (readonly string[])[] {
  return command.commands.flatMap(sub => [
    [...words, sub.name()],
    ...commandsOf(sub, [...words, sub.name()]),
  ]);
}
const COMMANDS = commandsOf(createProgram(contextAt(ROOT)));

test.each(COMMANDS.map(words => [words.join(' '), words] as const))(
  '%s --help shows an example',
  async (_name, words) => {
    const context = contextAt(ROOT);
    await runProgram(context, ['node', 'holdfast', ...words, '--help']);
    expect(context.printed.join('')).toMatch(/\nExamples?:\n {2}\$ npx holdfast /);
  },
);

test('help lists the exit codes and no command is missing', async () => {
  const context = contextAt(ROOT);
  await runProgram(context, ['node', 'holdfast', '--help']);
  const stdout = context.printed.join('');
  expect(stdout).toContain('Exit codes: 0 good; 1 could not run or check');
  expect(COMMANDS.length).toBeGreaterThan(30);
  for (const [name] of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
});

test('every command that acts stands in a guide or in the README', () => {
  const guides = readGuides();
  const silent = COMMANDS.filter(words => !guides.includes(`holdfast ${words.join(' ')}`));
  expect(silent.map(words => words.join(' '))).toEqual([]);
});

test.each([
  ['an unknown command', ['fly'], "unknown command 'fly'"],
  ['an unknown option', ['budget', '--fast'], "unknown option '--fast'"],
  [
    'a mode that is none',
    ['drill', 'plan', '--to', 'us-west-2', '--mode', 'teleport'],
    'Allowed choices are',
  ],
  ['no target', ['drill', 'switchover'], "required option '--to <region>'"],
  ['a target that is none', ['drill', 'resume', '--target', 'moon'], 'use lab or aws'],
  ['a time scale out of range', ['up', '--time-scale', '50'], 'use a number from 1 to 10'],
])('%s exits 1 and says so', async (_what, args, message) => {
  const { exitCode, stderr } = await runCli(args);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
});

test('budget --json prints one document that holds every line and its sum', async () => {
  const { exitCode, stdout, stderr } = await runCli(['budget', '--json']);
  const budget = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  expect(budget.version).toBe(1);
  for (const mode of ['switchover', 'failover']) {
    const { lines, totalSeconds, within } = budget.modes[mode];
    expect(lines.reduce((sum: number, line: { seconds: number }) => sum + line.seconds, 0)).toBe(
      totalSeconds,
    );
    expect(within).toBe(totalSeconds <= budget.objectives.rtoSeconds);
  }
});

test('a budget over its objective exits 2 and still prints the lines', async () => {
  const file = path.join(folder, 'tight.json');
  writeFileSync(file, JSON.stringify({ ...orders, objectives: { rtoSeconds: 60, rpoSeconds: 30 } }));
  const { exitCode, stdout } = await runCli(['--topology', file, 'budget']);
  expect(exitCode).toBe(2);
  expect(stdout).toContain('OVER the RTO of 60 s');
  expect(stdout).toContain('lease-wait');
});

test('a wrong topology exits 1 and names every problem with path, value and fix', async () => {
  const file = path.join(folder, 'wrong.json');
  const [seed, standby] = orders.regions;
  writeFileSync(
    file,
    JSON.stringify({
      ...orders,
      regions: [
        { ...seed, zones: ['us-east-2a', 'us-east-2b'] },
        { ...standby, cidr: '10.10.0.0/16' },
      ],
    }),
  );
  const { exitCode, stdout, stderr } = await runCli(['--topology', file, '--json', 'budget']);
  const { error } = JSON.parse(stdout);
  expect(exitCode).toBe(1);
  expect(error.code).toBe('invalid-topology');
  const paths = error.problems.map((problem: { path: string }) => problem.path).join(' ');
  expect(paths).toContain('regions[0].zones[0]');
  expect(paths).toContain('regions[1].cidr');
  expect(stderr).toContain('us-east-2a');
});

test('a topology file that is not there exits 1 and says how to name one', async () => {
  const { exitCode, stderr } = await runCli(['--topology', path.join(folder, 'none.ts'), 'budget']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('does not exist; name one with --topology');
});

test('a TypeScript topology is read as it stands, and nothing is written beside it', async () => {
  const file = path.join(folder, 'own.ts');
  writeFileSync(file, `const topology = ${JSON.stringify(orders)} as const;\nexport default topology;\n`);
  const { exitCode, stdout } = await runCli(['--topology', file, 'budget', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).objectives).toEqual(orders.objectives);
});

test('a drill in a lab that is not up exits 1 and says how to bring it up', async () => {
  writeFileSync(path.join(folder, 'cdk.json'), '{}');
  const { exitCode, stderr } = await runCli(['drill', 'switchover', '--to', 'us-west-2'], { cwd: folder });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('holdfast up');
});

test('bad usage with --json is a document too', async () => {
  const { exitCode, stdout } = await runCli(['fly', '--json']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { code: 'invalid-input' } });
});

test('status and down of a project without a lab answer with one document each', async () => {
  writeFileSync(path.join(folder, 'cdk.json'), '{}');
  const status = await runCli(['status', '--json'], { cwd: folder });
  expect(status.exitCode).toBe(2);
  expect(JSON.parse(status.stdout)).toMatchObject({ version: 1, running: false, healthy: false });
  const down = await runCli(['down', '--json'], { cwd: folder });
  expect(down.exitCode).toBe(0);
  expect(JSON.parse(down.stdout)).toEqual({ version: 1, stopped: [] });
});

/** What people read: the README and the guides, without the decisions. */
function readGuides(): string {
  const guides = readdirSync(path.join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => path.join(ROOT, 'docs', name));
  return [path.join(ROOT, 'README.md'), ...guides].map(file => readFileSync(file, 'utf8')).join('\n');
}
