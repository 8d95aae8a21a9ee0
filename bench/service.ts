import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import autocannon from 'autocannon';
import { cloneEnvironment, startBenchDatabase, startBenchRegister, startServer } from './service-world';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';

/** Connections of the load generator, each with one request at a time. */
const CONNECTIONS = 64;
/** The least share of the plain app's requests a second. */
const LIMIT = 0.7;
const SEEDED_ORDERS = 500;

type Load = {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** User and system time of the server's process for a request, in microseconds. */
  readonly cpuMicroseconds: number;
};
/** A server under measurement. */
type Target = { readonly url: string; readonly child: ChildProcess };

/**
 * The orders service in one clone against a bare Fastify app, in turn, on one PostgreSQL server: `POST /orders`, each
 * with a key of its own, and `GET /orders/:id` past the cache. A run with one answer that is not a success counts for
 * nothing and throws.
 *
 * @param seconds length of one run
 */
export async function benchService(root: string, rounds: number, seconds: number): Promise<string> {
  const database = await startBenchDatabase();
  const register = await startBenchRegister();
  const children: ChildProcess[] = [];
  try {
    const clone = await startServer(path.join(root, 'dist', 'bundles', 'service', 'index.cjs'), {
      ...database.environment,
      ...cloneEnvironment(register.url),
    });
    children.push(clone.child);
    await ready(clone.url);
    const plain = await startServer(path.join(__dirname, 'service-plain.js'), database.environment);
    children.push(plain.child);
    const ids = await seed(clone.url);
    const results = await interleave(
      {
        plainPost: () => post(plain, seconds),
        clonePost: () => post(clone, seconds),
        plainGet: () => get(plain, ids, seconds),
        cloneGet: () => get(clone, ids, seconds),
      },
      rounds,
    );
    return report(results, rounds, seconds);
  } finally {
    for (const child of children) child.kill();
    register.server.closeAllConnections();
    register.server.close();
    await database.stop();
  }
}

function report(
  results: Record<'plainPost' | 'clonePost' | 'plainGet' | 'cloneGet', Load[]>,
  rounds: number,
  seconds: number,
): string {
  const of = (loads: readonly Load[], field: keyof Load) => loads.map(load => load[field]);
  const row = (name: string, plain: readonly Load[], clone: readonly Load[]) => {
    const share = pairedRatio(of(clone, 'requestsPerSecond'), of(plain, 'requestsPerSecond'));
    const tell = (loads: readonly Load[]) =>
      `${median(of(loads, 'requestsPerSecond')).toFixed(0)}/s, ${median(of(loads, 'p50')).toFixed(0)} / ${median(of(loads, 'p99')).toFixed(0)} ms`;
    const cpu = (loads: readonly Load[]) => `${median(of(loads, 'cpuMicroseconds')).toFixed(0)} us`;
    const more = pairedRatio(of(clone, 'cpuMicroseconds'), of(plain, 'cpuMicroseconds'));
    return [
      name,
      tell(plain),
      tell(clone),
      share.toFixed(2),
      share >= LIMIT ? 'within' : 'OVER',
      `${cpu(clone)} to ${cpu(plain)}: ${more.toFixed(2)}`,
    ];
  };
  const table = markdownTable(
    [
      'request',
      'bare Fastify (p50 / p99)',
      'one clone (p50 / p99)',
      'clone / Fastify',
      `limit ${LIMIT}`,
      'CPU of the process for a request',
    ],
    [
      row('POST /orders', results.plainPost, results.clonePost),
      row('GET /orders/:id, no cache', results.plainGet, results.cloneGet),
    ],
  );
  return `## Orders service\n\n${rounds} runs of ${seconds} s each, ${CONNECTIONS} connections, ten to the database\n\n${table}`;
}

function post(target: Target, seconds: number): Promise<Load> {
  const body = JSON.stringify({ item: 'nut', quantity: 3 });
  return load(target, seconds, {
    method: 'POST',
    path: '/orders',
    body,
    setupRequest: request => ({
      ...request,
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    }),
  });
}

function get(target: Target, ids: readonly string[], seconds: number): Promise<Load> {
  let turn = 0;
  return load(target, seconds, {
    method: 'GET',
    setupRequest: request => {
      turn += 1;
      return {
        ...request,
        path: `/orders/${ids[turn % ids.length]}`,
        headers: { 'cache-control': 'no-cache' },
      };
    },
  });
}

async function load(
  { url, child }: Target,
  duration: number,
  request: Parameters<typeof autocannon>[0]['requests'][number],
): Promise<Load> {
  const before = cpuMilliseconds(child.pid);
  const result = await autocannon({ url, connections: CONNECTIONS, duration, requests: [request] });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0)
    throw new Error(`${failed} of ${result.requests.total} requests to ${request.method} ${url} failed`);
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicroseconds: ((cpuMilliseconds(child.pid) - before) * 1000) / result.requests.total,
  };
}

/** User and system time of a process so far. Source: proc(5), fields 14 and 15 of `stat`, in hundredths of a second. */
function cpuMilliseconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Orders to read. */
async function seed(url: string): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < SEEDED_ORDERS) {
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ item: 'nut', quantity: 3 }),
    });
    ids.push(((await answer.json()) as { id: string }).id);
  }
  return ids;
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if ((await fetch(`${url}/readyz`)).status === 200) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('the clone did not become ready within 15 s');
}
