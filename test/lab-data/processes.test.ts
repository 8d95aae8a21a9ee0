import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock as clock } from '../../lib/clock';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { descendants, identify, isAlive, isFrozen, markedProcesses } from '../../lib/lab/proc';
import { ProcessRegistry } from '../../lib/lab/processes';
import { stopAll } from '../../lib/lab/stop-processes';
import { waitFor } from '../../lib/lab/wait-for';

let paths: LabPaths;
let registry: ProcessRegistry;

const node = (name: string, script: string) => ({
  name,
  command: process.execPath,
  args: ['-e', script],
  env: { PATH: process.env.PATH ?? '' },
});
const forever = 'setInterval(() => {}, 1000)';
const eventually = (look: () => boolean) => waitFor(look, { clock, timeout: 10_000, what: 'the condition' });
const entryFile = (name: string) => path.join(paths.processes, `${name}.json`);

beforeEach(() => {
  paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-processes-')));
  createLabFolders(paths);
  registry = new ProcessRegistry(paths, clock);
});

afterEach(async () => {
  await stopAll(paths, clock);
  rmSync(paths.projectRoot, { recursive: true, force: true });
  rmSync(paths.data, { recursive: true, force: true });
});

test('a started process has an entry with its pid and kernel start time, and a log', async () => {
  const running = await registry.start(node('one', `console.log('hello'); ${forever}`));

  const entry = JSON.parse(readFileSync(entryFile('one'), 'utf8'));
  expect(entry).toMatchObject({ name: 'one', pid: running.pid, startTime: running.startTime });
  expect(identify(running.pid)?.startTime).toBe(entry.startTime);
  await eventually(() => readFileSync(running.log, 'utf8').includes('hello'));
});

test('stop ends the process and removes its entry', async () => {
  const running = await registry.start(node('one', forever));

  await running.stop();

  expect(isAlive(running)).toBe(false);
  expect(existsSync(entryFile('one'))).toBe(false);
});

test('a process that ignores its stop signal is killed after its patience', async () => {
  const spec = node('stubborn', `process.on('SIGTERM', () => {}); console.log('up'); ${forever}`);
  const running = await registry.start({ ...spec, stopTimeout: 200 });
  await eventually(() => readFileSync(running.log, 'utf8').includes('up'));

  await running.stop();

  expect(isAlive(running)).toBe(false);
  await expect(running.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
});

test('a name is used once while its process lives, and again after its death', async () => {
  const first = await registry.start(node('one', forever));
  await expect(registry.start(node('one', forever))).rejects.toMatchObject({ code: 'conflict' });

  first.kill('SIGKILL');
  await first.exited;

  const second = await registry.start(node('one', forever));
  expect(isAlive(second)).toBe(true);
});

test('a command that does not exist is an error of the environment', async () => {
  const missing = { ...node('missing', ''), command: '/nonexistent/program' };
  await expect(registry.start(missing)).rejects.toMatchObject({ code: 'environment' });
});

/** A process with a child in a group of its own, as PostgreSQL has them; each counts its turns in the log. */
async function family(name: string) {
  const counting = (who: string) => `setInterval(() => process.stdout.write('${who}'), 5)`;
  const begin = `require('child_process').spawn(process.execPath, ['-e', \`${counting('c')}\`], { detached: true, stdio: 'inherit' })`;
  const running = await registry.start(node(name, `${begin}; ${counting('p')}`));
  await eventually(() => /c[\s\S]*p|p[\s\S]*c/.test(readFileSync(running.log, 'utf8')));
  const [child] = descendants(running.pid);
  if (child === undefined) throw new Error('no child');
  return { running, child };
}

test('a frozen process and what it started do nothing, are seen to be frozen, and go on when they are thawed', async () => {
  const { running, child } = await family('frozen');
  const written = () => readFileSync(running.log, 'utf8').length;
  expect(running.frozen).toBe(false);
  running.freeze();
  await eventually(() => running.frozen && isFrozen(child));
  const before = written();
  await clock.sleep(60); // what both would have written in this time
  expect(written()).toBe(before);
  expect(isAlive(running)).toBe(true);

  running.thaw();
  await eventually(() => written() > before + 10);
  expect([running.frozen, isFrozen(child)]).toEqual([false, false]);
  await running.stop();
});

test('a frozen process is stopped in order, and by stopAll', async () => {
  const spec = node('polite', `process.on('SIGTERM', () => process.exit(7)); console.log('up'); ${forever}`);
  const running = await registry.start(spec);
  await eventually(() => readFileSync(running.log, 'utf8').includes('up'));
  running.freeze();
  await eventually(() => running.frozen);
  await running.stop();
  await expect(running.exited).resolves.toEqual({ code: 7, signal: null });

  const { running: other, child } = await family('other');
  other.freeze();
  await eventually(() => other.frozen && isFrozen(child));
  expect(await stopAll(paths, clock)).toEqual(['other']);
  expect([isAlive(other), isAlive(child)]).toEqual([false, false]);
});

test('when a frozen process is killed, its frozen child wakes and can end', async () => {
  const { running, child } = await family('killed');
  running.freeze();
  await eventually(() => running.frozen && isFrozen(child));
  running.kill('SIGKILL');
  await running.exited;
  await eventually(() => !isFrozen(child));
});

test('another process that has the recorded number is not killed', async () => {
  const running = await registry.start(node('one', forever));
  const entry = JSON.parse(readFileSync(entryFile('one'), 'utf8'));
  // As if the number had been given to a newcomer: same pid, other start time. It carries no mark of the lab.
  const stranger = new ProcessRegistry({ ...paths, labId: 'another-lab' }, clock);
  const newcomer = await stranger.start(node('newcomer', forever));
  const earlier = String(Number(newcomer.startTime) - 1); // both may have started within one tick
  writeFileSync(entryFile('one'), JSON.stringify({ ...entry, pid: newcomer.pid, startTime: earlier }));
  writeFileSync(entryFile('newcomer'), '{');

  const stopped = await stopAll(paths, clock);

  expect(stopped).toEqual([]);
  expect(isAlive(newcomer)).toBe(true);
  expect(isAlive(running)).toBe(false); // found by its mark
  expect(readdirSync(paths.processes)).toEqual([]);
  await newcomer.stop();
});

test('stopAll from another process leaves nothing, not even children of a starter that was killed', async () => {
  const child = `require('child_process').spawn(process.execPath, ['-e', '${forever}'], { detached: true }).unref()`;
  const parent = await registry.start(node('parent', `${child}; console.log('up'); ${forever}`));
  await registry.start(node('other', forever));
  await eventually(() => readFileSync(parent.log, 'utf8').includes('up'));
  await eventually(() => markedProcesses(paths.labId).length === 3);
  parent.kill('SIGKILL');
  await parent.exited;

  const script = `
    require('@swc/core');
    const { transformSync } = require('@swc/core');
    require('module')._extensions['.ts'] = (m, f) => m._compile(transformSync(require('fs').readFileSync(f, 'utf8'),
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }).code, f);
    const { stopAll } = require('./lib/lab/stop-processes.ts');
    const { labPaths } = require('./lib/lab/paths.ts');
    const { systemClock } = require('./lib/clock.ts');
    stopAll(labPaths(${JSON.stringify(paths.projectRoot)}), systemClock).then(names => console.log(names.join()));`;
  const result = spawnSync(process.execPath, ['-e', script], {
    cwd: path.join(__dirname, '../..'),
    encoding: 'utf8',
  });

  expect(result.stderr).toBe('');
  expect(result.stdout.trim()).toBe('other');
  expect(markedProcesses(paths.labId)).toEqual([]);
  expect(readdirSync(paths.processes)).toEqual([]);
});
