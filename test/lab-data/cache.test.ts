import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Redis from 'ioredis';
import { systemClock as clock } from '../../lib/clock';
import { CacheServer } from '../../lib/lab/cache';
import { freePort, regionAddress } from '../../lib/lab/network';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { ProcessRegistry } from '../../lib/lab/processes';
import { preparePython } from '../../lib/lab/python';
import { stopAll } from '../../lib/lab/stop-processes';
import { waitFor } from '../../lib/lab/wait-for';

jest.setTimeout(180_000);

const project = path.join(__dirname, '../..');
const output = { emit: () => undefined };
let paths: LabPaths;
let cache: CacheServer;
let client: Redis;

beforeAll(async () => {
  paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-cache-')));
  createLabFolders(paths);
  // The project's own environment: made once, by whoever needs it first.
  const { valkeyServer } = await preparePython({
    folder: path.join(project, '.holdfast', 'python'),
    environment: process.env,
    output,
    signal: new AbortController().signal,
  });
  const host = regionAddress(0);
  cache = new CacheServer({
    region: 'us-east-2',
    host,
    port: await freePort(host),
    command: valkeyServer,
    registry: new ProcessRegistry(paths, clock),
    clock,
    output,
  });
  await cache.start();
  client = new Redis(cache.url, { retryStrategy: () => 50 });
  client.on('error', () => undefined);
});

afterAll(async () => {
  client?.disconnect();
  await cache?.stop();
  await stopAll(paths, clock);
  rmSync(paths.projectRoot, { recursive: true, force: true });
  rmSync(paths.data, { recursive: true, force: true });
});

test('a killed cache comes back empty at the same address', async () => {
  await client.set('orders:1:order:a', 'cached');
  expect(await client.get('orders:1:order:a')).toBe('cached');

  cache.process?.kill('SIGKILL');
  await waitFor(() => cache.restarts === 1, { clock, timeout: 10_000, what: 'the restart' });

  expect(await client.get('orders:1:order:a')).toBeNull();
});

test('nothing is written to disk', async () => {
  await client.set('key', 'value');
  await cache.stop();
  expect(existsSync(path.join(paths.projectRoot, 'dump.rdb'))).toBe(false);
  expect(readFileSync(path.join(paths.logs, 'cache-us-east-2.log'), 'utf8')).not.toMatch(
    /Saving the final RDB/,
  );
});
