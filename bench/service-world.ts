import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { systemClock } from '../lib/clock';
import { startTemporaryDatabase, TEMPORARY } from '../lib/lab/temporary-database';

const REGION = 'us-east-2';

/** A real PostgreSQL server, and the environment in which a process finds it. */
export interface BenchDatabase {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the lab's PostgreSQL with an empty database that the role `service` owns. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const database = await startTemporaryDatabase([REGION], systemClock);
  return {
    environment: {
      HOLDFAST_DATABASE_HOST: database.host,
      HOLDFAST_DATABASE_PORT: String(database.port(REGION)),
      HOLDFAST_DATABASE_NAME: TEMPORARY.name,
      HOLDFAST_DATABASE_AUTH: `file:${database.passwordFile}`,
    },
    stop: () => database.stop(),
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
