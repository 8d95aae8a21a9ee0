import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../../lib/cli/program';
import { systemClock } from '../../lib/clock';
import { InterlockWorld, lockedAt, recordIn } from '../helpers/interlock-world';
import { ROOT } from '../helpers/sources';

const world = new InterlockWorld();
const saved = { ...process.env };

beforeAll(async () => {
  const AWS_ENDPOINT_URL = await world.start();
  Object.assign(process.env, { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
});
afterAll(() => {
  process.env = saved;
  world.stop();
});
beforeEach(() =>
  Object.assign(world, { items: { register: recordIn('active') }, leave: undefined, down: [] }),
);

/** The command in this process, as `bin/` runs it. */
async function interlock(...words: string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  let exitCode = 0;
  const { signal } = new AbortController();
  await runProgram(
    {
      ...{ projectRoot: ROOT, installRoot: ROOT, clock: systemClock, signal, colour: false },
      environment: { USER: 'ann' },
      output: { emit: event => told.push(event.text) },
      print: text => printed.push(text),
      exit: code => {
        exitCode = code;
      },
    },
    ['node', 'holdfast', 'interlock', ...words, '--target', 'aws', '--json'],
  );
  return { exitCode, told, document: JSON.parse(printed.join('')) };
}

test('nothing under way: exit 0 and free in every Region', async () => {
  const { exitCode, document } = await interlock('status');
  expect(exitCode).toBe(0);
  expect(document).toEqual({
    version: 1,
    regions: [
      { region: 'us-east-2', state: 'free' },
      { region: 'us-west-2', state: 'free' },
    ],
  });
});

test('a drill holds deploys back until leave is given, and again when it is taken back', async () => {
  world.items['drill-lock'] = lockedAt(Date.now());
  const held = await interlock('status');
  expect(held.exitCode).toBe(2);
  expect(held.document.regions[0]).toMatchObject({ state: 'refused', reason: expect.stringContaining('d1') });
  const given = await interlock('open', '--reason', 'the fix for the outage', '--minutes', '5');
  expect(given.exitCode).toBe(0);
  expect(given.document.regions[1]).toMatchObject({
    state: 'given',
    leave: { by: 'ann', reason: 'the fix for the outage' },
  });
  const open = await interlock('status');
  expect(open.exitCode).toBe(2);
  expect(open.document.regions[0]).toMatchObject({ state: 'broken-glass', leave: { by: 'ann' } });
  expect((await interlock('close', '--region', 'us-west-2')).document.regions).toEqual([
    { region: 'us-west-2', state: 'taken-back' },
  ]);
  expect((await interlock('status')).document.regions[0].state).toBe('refused');
});

test('a Region that does not answer is unknown, exits 1, and hides nothing of the other', async () => {
  world.down = ['us-east-2'];
  const { exitCode, document } = await interlock('status');
  expect(exitCode).toBe(1);
  expect(document.regions).toEqual([
    { region: 'us-east-2', state: 'unknown', reason: expect.stringContaining('us-east-2') },
    { region: 'us-west-2', state: 'free' },
  ]);
});

test.each([
  [['open', '--reason', 'because'], 'is no reason'],
  [['open', '--reason', 'the fix for the outage', '--minutes', '500'], 'at most 240'],
  [['status', '--region', 'mars-1'], 'use us-east-2, us-west-2'],
])('%j is refused: %s', async (words, fix) => {
  const { exitCode, document } = await interlock(...words);
  expect(exitCode).toBe(1);
  expect(JSON.stringify(document)).toContain(fix);
  expect(world.leave).toBeUndefined();
});

test('the guide shows every part of the command', () => {
  const guide = readFileSync(path.join(ROOT, 'docs', 'interlock.md'), 'utf8');
  for (const part of ['status', 'open', 'close']) expect(guide).toContain(`npx holdfast interlock ${part}`);
});
