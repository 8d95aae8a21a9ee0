import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock as clock } from '../../lib/clock';
import { downLab } from '../../lib/lab';
import { labConnection } from '../../lib/lab/connection';
import { readLabFile, writeLabFile } from '../../lib/lab/lab-file';
import { lockLab } from '../../lib/lab/lock';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { identify } from '../../lib/lab/proc';
import { labStatus } from '../../lib/lab/status';

let paths: LabPaths;
const own = () => {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error('no /proc');
  return identity;
};
const labOf = (daemon: { pid: number; startTime: string }) => ({
  version: 1 as const,
  daemon,
  since: '2026-11-25T10:00:00.000Z',
  application: 'orders',
  serviceHost: 'orders.example.com',
  timeScale: 10,
  regions: [{ name: 'us-east-2', address: '127.0.10.1' }],
  endpoint: 'http://127.0.0.1:1',
  token: 'token',
  dns: { host: '127.0.0.1', port: 1 },
  servicePort: 8080,
  homes: [{ host: 'orders.example.com', gatePort: 8081, databases: {} }],
});

beforeEach(() => {
  paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-lock-')));
  createLabFolders(paths);
});
afterEach(() => {
  rmSync(paths.projectRoot, { recursive: true, force: true });
  rmSync(paths.data, { recursive: true, force: true });
});

test('one may bring a lab up at a time, and the next after it', () => {
  const unlock = lockLab(paths, clock);
  expect(() => lockLab(paths, clock)).toThrow(`(pid ${process.pid}); stop it with holdfast down`);
  unlock();
  lockLab(paths, clock)();
});

test('the lock of a process that is gone is taken over, also when its number lives on in another', () => {
  writeFileSync(paths.lockFile, JSON.stringify({ ...own(), startTime: '1', since: 'long ago' }));
  const unlock = lockLab(paths, clock);
  unlock();
  expect(existsSync(paths.lockFile)).toBe(false);
});

test('a lock that cannot be read is taken over', () => {
  writeFileSync(paths.lockFile, '{');
  lockLab(paths, clock)();
});

test('a second up says that a lab runs, since when, and how to stop it', () => {
  writeLabFile(paths, labOf(own()));
  expect(() => lockLab(paths, clock)).toThrow(
    `a lab runs in this project since 2026-11-25T10:00:00.000Z (pid ${process.pid}); stop it with holdfast down`,
  );
});

test('a lab file whose daemon is gone is no lab', async () => {
  writeLabFile(paths, labOf({ ...own(), startTime: '1' }));
  expect(readLabFile(paths)).toBeUndefined();
  expect(() => labConnection(paths.projectRoot)).toThrow('no lab runs in this project');
  expect(await labStatus({ projectRoot: paths.projectRoot, clock })).toMatchObject({
    running: false,
    healthy: false,
  });
});

test('a lab that does not answer is unknown, never healthy', async () => {
  writeLabFile(paths, labOf(own()));
  const status = await labStatus({ projectRoot: paths.projectRoot, clock });
  expect(status).toMatchObject({ running: true, healthy: false });
  expect(status.unknown.map(line => line.split(':')[0]).sort()).toEqual([
    'DNS',
    'drill lock',
    'not emulated',
    'processes',
    'register',
  ]);
});

test('down where nothing runs stops nothing and removes what a crash left', async () => {
  writeLabFile(paths, labOf({ ...own(), startTime: '1' }));
  const result = await downLab({ projectRoot: paths.projectRoot, output: { emit: () => undefined } });
  expect(result).toEqual({ stopped: [] });
  expect([paths.labFile, paths.lockFile, paths.secrets].filter(existsSync)).toEqual([]);
});
