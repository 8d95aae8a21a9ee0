// A real Redis-compatible server for tests, by the lab's own code.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock as clock } from '../../lib/clock';
import { CacheServer } from '../../lib/lab/cache';
import { createLabFolders, labPaths } from '../../lib/lab/paths';
import { ProcessRegistry } from '../../lib/lab/processes';
import { preparePython } from '../../lib/lab/python';
import { freePort } from './free-port';

/** A server on loopback, without anything on disk. */
export interface TestValkey {
  readonly url: string;
  readonly server: CacheServer;
  stop(): Promise<void>;
}

/** Starts a server on a free port; a death is followed by a start at the same address. */
export async function startValkey(): Promise<TestValkey> {
  const paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-valkey-')));
  createLabFolders(paths);
  const output = { emit: () => undefined };
  // The project's own environment: made once, by whoever needs it first.
  const { valkeyServer } = await preparePython({
    folder: path.join(__dirname, '..', '..', '.holdfast', 'python'),
    environment: process.env,
    output,
    signal: new AbortController().signal,
  });
  const server = new CacheServer({
    region: 'test',
    host: '127.0.0.1',
    port: await freePort(),
    command: valkeyServer,
    registry: new ProcessRegistry(paths, clock),
    clock,
    output,
  });
  await server.start();
  return {
    url: server.url,
    server,
    async stop() {
      await server.stop();
      for (const folder of [paths.data, paths.projectRoot]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
