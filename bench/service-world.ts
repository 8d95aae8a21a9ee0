import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../lib/clock';
import { createLabFolders, labPaths } from '../lib/lab/paths';
import { GlobalDatabase, PostgresServer, preparePostgres, serverUser } from '../lib/lab/postgres';
import { ProcessRegistry } from '../lib/lab/processes';

const REGION = 'us-east-2';
const PASSWORD = 'only-for-benchmarks';

/** A real PostgreSQL server, and the environment in which a process finds it. */
export interface BenchDatabase {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the lab's PostgreSQL with an empty database that the role `service` owns. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-'));
  const paths = labPaths(root);
  createLabFolders(paths);
  mkdirSync(paths.data, { recursive: true, mode: 0o755 });
  const passwordFile = path.join(paths.secrets, 'service');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  const output = { emit: () => undefined };
  const port = await freePort();
  const server = new PostgresServer({
    binaries: preparePostgres({ data: paths.data }),
    user: serverUser(),
    password: PASSWORD,
    registry: new ProcessRegistry(paths, systemClock),
    clock: systemClock,
    output,
    region: REGION,
    host: '127.0.0.1',
    port,
    dataFolder: path.join(paths.data, 'data', REGION),
  });
  const database = { name: 'orders', user: 'service', password: PASSWORD };
  const global = new GlobalDatabase({
    servers: [server],
    seed: REGION,
    database,
    clock: systemClock,
    output,
  });
  await global.create();
  return {
    environment: {
      HOLDFAST_DATABASE_HOST: '127.0.0.1',
      HOLDFAST_DATABASE_PORT: String(port),
      HOLDFAST_DATABASE_NAME: 'orders',
      HOLDFAST_DATABASE_AUTH: `file:${passwordFile}`,
    },
    async stop() {
      await global.stop();
      for (const folder of [paths.data, root]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An AWS endpoint that knows one thing: the register names this Region active at epoch 1. */
export async function startBenchRegister(): Promise<{ url: string; server: Server }> {
  const Item = { pk: { S: 'register' }, epoch: { N: '1' }, phase: { S: 'active' }, region: { S: REGION } };
  const server = createServer((request, response) => {
    request.resume();
    const known = String(request.headers['x-amz-target']).endsWith('.GetItem');
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify(known ? { Item } : { __type: 'NotThere', message: 'not part of the benchmark' }),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** What a clone needs beside its database. No cache answers, so that each read is a read of the database. */
export function cloneEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    HOLDFAST_APPLICATION: 'orders',
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    HOLDFAST_REGISTER_TABLE: 'register',
    HOLDFAST_LEASE_SECONDS: '10',
    HOLDFAST_CACHE_URL: 'redis://127.0.0.1:1',
    HOLDFAST_QUEUE_URL: `${endpoint}/queue`,
    HOLDFAST_CONFIG: 'orders/bench/service',
    HOLDFAST_LISTEN: '127.0.0.1:0',
    HOLDFAST_DRAIN_SECONDS: '0',
  };
}

/** Starts a server process; resolves with its URL once it says where it listens. Its log goes on being read. */
export async function startServer(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', line => {
      const said = JSON.parse(line) as { message?: string; port?: number };
      if (said.message === 'service.listening' && said.port !== undefined) resolve(said.port);
    });
    child.once('exit', code => reject(new Error(`${script} ended with ${code}`)));
  });
  lines.removeAllListeners('line').on('line', () => undefined);
  return { url: `http://127.0.0.1:${port}`, child };
}

/** A port that nobody listened on a moment ago. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createSocketServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
