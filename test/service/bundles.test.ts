import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../helpers/free-port';

jest.setTimeout(60_000);

const ROOT = path.resolve(__dirname, '../..');
const NAMES = ['service', 'worker', 'gate', 'orders-api', 'orders-worker'];
const folders = [0, 1].map(() => mkdtempSync(path.join(tmpdir(), 'holdfast-bundles-')));
const bundle = (name: string, folder = folders[0] ?? '') => path.join(folder, name, 'index.cjs');
const running: ChildProcess[] = [];

function start(script: string, env: Record<string, string>, args: readonly string[] = []) {
  const child = spawn(process.execPath, [...args, script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', chunk => {
    output.out += chunk;
  });
  child.stderr.on('data', chunk => {
    output.err += chunk;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

beforeAll(async () => {
  for (const folder of folders) {
    const child = spawn(process.execPath, [path.join(ROOT, 'scripts/bundle.mjs'), folder], {
      stdio: 'inherit',
    });
    expect((await once(child, 'close'))[0]).toBe(0);
  }
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test('the same sources give the same bytes, and not too many', () => {
  const hash = (name: string, folder: string | undefined) =>
    createHash('sha256')
      .update(readFileSync(bundle(name, folder)))
      .digest('hex');
  for (const name of NAMES) {
    expect(hash(name, folders[0])).toBe(hash(name, folders[1]));
    // The worker's holds the clients of S3 and Kinesis and the writer of Parquet, run only where they are asked for.
    expect(statSync(bundle(name)).size).toBeLessThan(name === 'worker' ? 2_000_000 : 1_500_000);
  }
});

test.each(['gate', 'orders-api', 'orders-worker'])(
  '%s exports its handler, and begins nothing by itself',
  async name => {
    const script = `process.stdout.write(Object.keys(require(${JSON.stringify(bundle(name))})).join())`;
    const child = spawn(process.execPath, ['-e', script], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
    let keys = '';
    child.stdout.on('data', chunk => {
      keys += chunk;
    });
    await once(child, 'close');
    expect(keys).toBe('handler');
  },
);

test.each(['service', 'worker'])(
  '%s ends with exit code 1 and every problem of its environment',
  async name => {
    const { output, ended } = start(bundle(name), { HOLDFAST_TIME_SCALE: '99' });
    expect(await ended).toBe(1);
    for (const variable of [
      'AWS_REGION',
      'HOLDFAST_QUEUE_URL',
      'HOLDFAST_DATABASE_AUTH',
      'HOLDFAST_TIME_SCALE',
    ]) {
      expect(output.err).toContain(variable);
    }
  },
);

/** An environment in which nothing that the process needs is there. */
async function desert(): Promise<Record<string, string>> {
  const nowhere = await freePort();
  return {
    HOLDFAST_APPLICATION: 'orders',
    AWS_REGION: 'us-east-2',
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_LEASE_SECONDS: '10',
    HOLDFAST_TIME_SCALE: '10',
    HOLDFAST_DATABASE_HOST: '127.0.0.1',
    HOLDFAST_DATABASE_PORT: String(nowhere),
    HOLDFAST_DATABASE_NAME: 'orders',
    HOLDFAST_DATABASE_AUTH: 'file:/nonexistent',
    HOLDFAST_CACHE_URL: `redis://127.0.0.1:${nowhere}`,
    HOLDFAST_QUEUE_URL: `http://127.0.0.1:${nowhere}/queue`,
    HOLDFAST_CONFIG: 'orders/live/service',
    HOLDFAST_LISTEN: `127.0.0.1:${await freePort()}`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${nowhere}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

const said = async (output: { out: string }, text: string, child: ChildProcess) => {
  while (!output.out.includes(text)) {
    if (child.exitCode !== null) throw new Error(`ended before it said ${text}: ${output.out}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
};

test('a clone without anything it needs lives, is not ready, refuses writes, and ends in order', async () => {
  const env = await desert();
  const { child, output, ended } = start(bundle('service'), env, ['--max-old-space-size=96']);
  await said(output, 'process.started', child);
  const base = `http://${env.HOLDFAST_LISTEN}`;
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  const ready = await fetch(`${base}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ ready: false, role: 'standby', lease: false, epoch: null });
  const headers = { 'idempotency-key': 'a' };
  const body = JSON.stringify({ item: 'nut', quantity: 1 });
  const refused = await fetch(`${base}/orders`, { method: 'POST', headers, body });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(child.kill('SIGTERM')).toBe(true);
  expect(await ended).toBe(0);
  for (const line of output.out.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});

test('a worker without anything it needs lives and ends in order', async () => {
  const { child, output, ended } = start(bundle('worker'), await desert());
  await said(output, 'lease.changed', child);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
