import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '../../lib/runtime/clock';
import { mutualTlsAgent, type ServiceIdentity } from '../../lib/runtime/discovery/mutual-tls';
import type { ServiceAddress } from '../../lib/runtime/environment/service-address';
import { DEADLINE_HEADER } from '../../lib/runtime/policy/deadline-header';
import { listSagas } from '../../lib/runtime/saga/saga-reads';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { CustomerOrders } from '../../lib/service/customers/customer-orders';
import { paymentCalls } from '../../lib/service/payment/payment-calls';
import type { PaymentProvider } from '../../lib/service/payment/payment-provider';
import { StockStore } from '../../lib/service/stock/stock-store';
import { TestAuthority } from '../helpers/certificates';
import { freePort } from '../helpers/free-port';
import { OrdersWorld, TestLease } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(60_000);

const REGION = 'us-east-2';
const ROOT = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-payment-'));
const authority = new TestAuthority();
const running: ChildProcess[] = [];
const stops: AbortController[] = [];
let database: TestDatabase;
let world: OrdersWorld;
let port: number;
let item: string;

function identityFolder(name: string, identity: ServiceIdentity): string {
  const at = path.join(folder, name);
  mkdirSync(at, { recursive: true });
  for (const [file, text] of Object.entries(identity)) writeFileSync(path.join(at, `${file}.pem`), text);
  return at;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = systemClock.monotonic() + 20_000;
  while (!(await holds())) {
    if (systemClock.monotonic() > end) throw new Error(`never: ${what}`);
    await systemClock.sleep(10);
  }
}

/** Starts a process and waits for a line with `ready` in it. */
async function start(
  script: string,
  ready: string,
  extra: Record<string, string> = {},
): Promise<ChildProcess> {
  const { host, port: databasePort, name, user, authentication } = database.settings(REGION);
  const env = {
    ...{ AWS_REGION: REGION, HOLDFAST_DATABASE_HOST: host, HOLDFAST_DATABASE_PORT: String(databasePort) },
    ...{ HOLDFAST_DATABASE_NAME: name, HOLDFAST_DATABASE_USER: user },
    HOLDFAST_DATABASE_AUTH: authentication.kind === 'file' ? `file:${authentication.path}` : 'iam',
    ...extra,
  };
  const child = spawn(process.execPath, [path.join(folder, script)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  await until(`${ready} in ${output}`, async () => {
    if (child.exitCode !== null) throw new Error(output);
    return output.includes(ready);
  });
  return child;
}

const startProvider = (at = port) =>
  start('payment.cjs', 'payment.listening', {
    HOLDFAST_LISTEN: `127.0.0.1:${at}`,
    HOLDFAST_CALLERS: 'orders',
    HOLDFAST_IDENTITY_FOLDER: path.join(folder, 'payment'),
    HOLDFAST_DRAIN_SECONDS: '0',
  });

const startCaller = (epoch: number) =>
  start('caller.cjs', '', {
    EPOCH: String(epoch),
    HOLDFAST_PAYMENT_URL: `https://127.0.0.1:${port}`,
    HOLDFAST_IDENTITY_FOLDER: path.join(folder, 'orders'),
  });

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** The provider as the service calls it, with an identity of the test's choice. */
function providerAs(
  identity: ServiceIdentity,
  name: string,
  at: ServiceAddress['at'] = { kind: 'fixed', host: '127.0.0.1', port },
  endpointUrl?: string,
): PaymentProvider {
  const payment = { name: 'payment', at, identityFolder: identityFolder(name, identity) };
  const environment = { region: REGION, timeScale: 10, payment, endpointUrl };
  const calls = paymentCalls({ environment, clock: systemClock, logger: silentLogger, database: world.pool });
  const stop = new AbortController();
  stops.push(stop);
  void calls.run(stop.signal);
  return calls.provider;
}

const payments = async () =>
  (await world.pool.query<{ status: string; calls: number }>('SELECT status, calls FROM lab_payments')).rows;
const waiting = async (application: string, text: string) => {
  const { rows } = await world.pool.query(
    `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock' AND query LIKE $2`,
    [application, text],
  );
  return rows.length > 0;
};

async function place(epoch: number): Promise<void> {
  const process = world.process(new TestLease(epoch));
  const author = { actor: 't', correlationId: 'c', epoch };
  await process.fenced.run(epoch, tx => new StockStore(tx, author).receive(item, 5));
  const { activation } = process.lease;
  const request = { customer: 'c-1', item, quantity: 1, cents: 500 };
  await new CustomerOrders({
    ...{ application: 'orders', region: REGION, activation, fenced: process.fenced },
    ...{ makeId: randomUUID, idempotencySeconds: () => 3600 },
  }).accept({ request, idempotencyKey: randomUUID(), correlationId: 'c' });
}

const done = async () => (await listSagas(world.pool, 'done')).length === 1;

beforeAll(async () => {
  const entries = { payment: 'lib/service/payment-main.ts', caller: 'test/helpers/payment-caller.ts' };
  await build({
    ...{ entryPoints: entries, outdir: folder, outExtension: { '.js': '.cjs' }, absWorkingDir: ROOT },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', external: ['pg-native'] },
    mainFields: ['module', 'main'],
    tsconfigRaw: { compilerOptions: { target: 'es2022' } },
  });
  identityFolder('payment', authority.issue('payment'));
  identityFolder('orders', authority.issue('orders'));
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
  port = await freePort();
});
beforeEach(async () => {
  await world.reset();
  await world.pool.query('TRUNCATE sagas, saga_steps, lab_payments, stock_reservations');
  item = `nut-${randomUUID()}`;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await Promise.all(running.splice(0).map(kill));
});
afterAll(async () => {
  await world.pool.close();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
});

const charge = { token: 's/charge/take', customer: 'c-1', cents: 500 };

test('who is who it says and may call, is served; once for a token, and the answer stays', async () => {
  await startProvider();
  const provider = providerAs(authority.issue('orders'), 'own');
  await provider.charge(charge);
  await provider.charge(charge);
  expect(await payments()).toEqual([{ status: 'charged', calls: 2 }]);
  expect(await provider.settle(charge)).toBe('taken');
  await provider.refund(charge);
  await expect(provider.charge(charge)).rejects.toMatchObject({ name: 'Refused', message: /refunded/ });
  const other = { ...charge, token: 'other' };
  expect(await provider.settle(other)).toBe('not-taken');
  await expect(provider.charge(other)).rejects.toMatchObject({ name: 'Refused' });
});

test('without a certificate, with an expired one, one of another authority or another name: no effect', async () => {
  await startProvider();
  const believed = { authority: authority.certificate };
  const strangers: Record<string, [ServiceIdentity, RegExp]> = {
    expired: [authority.issueUntil(Date.now() - 1000, 'orders'), /does not answer/],
    forged: [{ ...new TestAuthority().issue('orders'), ...believed }, /does not answer/],
    reports: [authority.issue('reports'), /does not let this service call it: 403/],
    nobody: [{ certificate: '', key: '', ...believed }, /does not answer/],
  };
  for (const [name, [identity, reason]] of Object.entries(strangers)) {
    await expect(providerAs(identity, name).charge(charge)).rejects.toThrow(reason);
  }
  expect(await payments()).toEqual([]);
});

test('a provider that shows another name is told nothing', async () => {
  identityFolder('payment', authority.issue('reports'));
  try {
    await startProvider();
    const provider = providerAs(authority.issue('orders'), 'own');
    await expect(provider.charge(charge)).rejects.toThrow(/of reports, not of payment/);
    expect(await payments()).toEqual([]);
  } finally {
    identityFolder('payment', authority.issue('payment'));
  }
});

test('the provider dies between the charge and its answer: charged once, and the order goes on', async () => {
  const provider = await startProvider();
  await place(1);
  let release = () => undefined as unknown;
  const held = world.pool.transaction(async tx => {
    await tx.query('LOCK TABLE lab_payments IN SHARE ROW EXCLUSIVE MODE');
    await new Promise<void>(resolve => {
      release = resolve;
    });
  });
  await startCaller(1);
  await until('the charge waits', () => waiting('unnamed', '%INSERT INTO lab_payments%'));
  // The statement is the database's by now; the process will never hear of its end.
  provider.kill('SIGSTOP');
  release();
  await held;
  await until('it is charged', async () => (await payments())[0]?.status === 'charged');
  expect(await done()).toBe(false);
  await kill(provider);
  await startProvider();
  await until('the saga is done', done);
  const [payment, ...others] = await payments();
  expect(payment?.status).toBe('charged');
  expect(payment?.calls).toBeGreaterThan(1);
  expect(others).toEqual([]);
});

test('the caller dies between "charged" and "recorded": the next one asks under the same token', async () => {
  await startProvider();
  await place(2);
  // Recording the step of the charge waits for this lock, which no other step of the saga meets.
  let release = () => undefined as unknown;
  let taken = () => undefined as unknown;
  const locked = new Promise<void>(resolve => {
    taken = resolve;
  });
  await world.pool.query(
    `CREATE FUNCTION wait_at_charge() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.step = 'charge' THEN PERFORM pg_advisory_xact_lock(77); END IF; RETURN NEW; END $$`,
  );
  await world.pool.query(
    'CREATE TRIGGER wait_at_charge BEFORE INSERT ON saga_steps FOR EACH ROW EXECUTE FUNCTION wait_at_charge()',
  );
  const held = world.pool.transaction(async tx => {
    await tx.query('SELECT pg_advisory_xact_lock(77)');
    taken();
    await new Promise<void>(resolve => {
      release = resolve;
    });
  });
  await locked;
  const caller = await startCaller(2);
  await until('recording waits', () => waiting('caller', '%saga_steps%'));
  expect(await payments()).toEqual([{ status: 'charged', calls: 1 }]);
  await kill(caller);
  await world.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'caller'`,
  );
  release();
  await held;
  await world.pool.query('DROP FUNCTION wait_at_charge CASCADE');
  expect(await done()).toBe(false);
  await startCaller(3);
  await until('the saga is done', done);
  expect(await payments()).toEqual([{ status: 'charged', calls: 2 }]);
});

test('a provider that moved is found again by its registry, and kept through an outage of that', async () => {
  let registry: { revision: number; port: number } | undefined = { revision: 1, port };
  const cloudMap = http.createServer((_request, response) => {
    if (registry === undefined) return void response.destroy();
    const Attributes = { AWS_INSTANCE_IPV4: '127.0.0.1', AWS_INSTANCE_PORT: String(registry.port) };
    const Instances = [{ InstanceId: `at-${registry.port}`, Attributes }];
    const body = JSON.stringify({ InstancesRevision: registry.revision, Instances });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  });
  await new Promise<void>(resolve => cloudMap.listen(0, '127.0.0.1', resolve));
  const endpointUrl = `http://localhost:${(cloudMap.address() as AddressInfo).port}`;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const at = { kind: 'cloud-map', namespace: 'shop', service: 'payment' } as const;
  const provider = providerAs(authority.issue('orders'), 'own', at, endpointUrl);
  const charged = (token: string) =>
    provider.charge({ ...charge, token }).then(
      () => true,
      () => false,
    );
  const first = await startProvider();
  await until('it is found', () => charged('first'));
  registry = undefined;
  await until('it is found without a registry', () => charged('second'));
  await kill(first);
  const moved = await freePort();
  await startProvider(moved);
  expect(await charged('third')).toBe(false);
  registry = { revision: 2, port: moved };
  await until('it is found at its new place', () => charged('third'));
  await new Promise(resolve => cloudMap.close(resolve));
});

test('a request whose time is over has no effect', async () => {
  await startProvider();
  const agent = mutualTlsAgent(authority.issue('orders'), 'payment');
  const options = { host: '127.0.0.1', port, path: '/charges', method: 'POST', agent };
  const request = https.request({ ...options, headers: { [DEADLINE_HEADER]: '0' } });
  request.end(JSON.stringify(charge));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(504);
  answer.resume();
  agent.destroy();
  expect(await payments()).toEqual([]);
});
