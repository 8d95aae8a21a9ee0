import { readdirSync, readFileSync } from 'node:fs';
import { labPaths } from '../../lib/lab/paths';
import { runCli, startCli, startProgram } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { status } from './lab';

/** Processes that carry this lab's mark in their environment, whoever started them. */
function marked(): string[] {
  const mark = labPaths(ROOT).labId;
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
      } catch {
        return false; // it ended, or is not ours to read
      }
    });
}

test('SIGKILL of the daemon: status says so, down cleans all', async () => {
  const daemon = (await status()).processes.find(process => process.name === 'daemon');
  process.kill(daemon?.pid ?? 0, 'SIGKILL');
  expect((await status()).healthy).toBe(false);
  expect((await runCli(['down'])).exitCode).toBe(0);
  expect(marked()).toEqual([]);
  expect((await status()).running).toBe(false);
});

test('SIGKILL of up in the middle: down cleans all', async () => {
  const up = startCli(['up']);
  await up.saw('deploy: foundations');
  up.kill('SIGKILL');
  await up.result;
  expect(marked()).not.toEqual([]);
  expect((await runCli(['down'])).exitCode).toBe(0);
  expect(marked()).toEqual([]);
});

test('after that the Regions come up again, as far as their foundations; Ctrl-C in a terminal then leaves nothing', async () => {
  const start = startProgram('npm', ['start'], { group: true });
  await start.saw('deploy: foundations, 2 stacks');
  start.kill('SIGINT');
  const { exitCode, stderr } = await start.result;
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('everything was stopped again');
  expect(marked()).toEqual([]);
});
