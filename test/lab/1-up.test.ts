import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { connect, eventually, HOST, healthy, order, resolved, SEED, STANDBY, status } from './lab';

const run = promisify(execFile);
const LOGS = path.join(ROOT, '.holdfast/logs');

/** Where each command of the README's shell blocks is run; the marked ones are run below, literally. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm start': '.ci/run',
  'npm ci && npm test': '.ci/run',
  'npx holdfast up': 'test/lab/global-up.ts',
  'npx holdfast down': 'test/lab/global-down.ts',
  'npx holdfast drill switchover --to us-west-2': 'test/lab/4-switchover.test.ts',
};
const HERE = [
  'npx holdfast check',
  'npx holdfast budget --json',
  'npx holdfast status',
  'npx cdk list',
  'npx cdk synth --quiet',
  "npx cdk deploy 'us-east-2/*'",
  "npx cdk deploy 'us-west-2/*'",
];

/** Inodes of the sockets that a process has open. */
function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap(name => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(path.join(folder, name)))?.[1] ?? [];
    } catch {
      return []; // closed in between
    }
  });
}

/** Local addresses of the listening TCP sockets with these inodes, in the kernel's hexadecimal. */
function listeners(inodes: ReadonlySet<string>): string[] {
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .filter(file => existsSync(file))
    .flatMap(file => readFileSync(file, 'utf8').split('\n').slice(1))
    .map(line => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = '']) => state === '0A' && inodes.has(inode))
    .map(([, local = '']) => local.split(':')[0] ?? '');
}

/** 127.0.0.0/8, also mapped into IPv6, and ::1; the kernel prints each word with its bytes turned round. */
const isLoopback = (address: string): boolean =>
  /^(0{16}FFFF0000)?[0-9A-F]{6}7F$/.test(address) || address === '00000000000000000000000001000000';

test('both Regions are up, and status says who is active and what exists by name only', async () => {
  await healthy();
  const now = await status();
  expect(now.register?.record).toEqual({ epoch: 1, phase: 'active', region: SEED });
  expect(now.dns?.region).toBe(SEED);
  const { stdout } = await runCli(['status']);
  expect(now.notEmulated.length).toBeGreaterThan(0);
  for (const { logicalId } of now.notEmulated) expect(stdout).toContain(logicalId);
  expect(now.unknown).toEqual([]);
  for (const { instances } of now.regions) {
    expect(instances.filter(instance => instance.entry === 'service').length).toBeGreaterThanOrEqual(2);
    expect(instances.filter(instance => instance.entry === 'worker')).toHaveLength(1);
  }
});

test('all processes together stay under 3 GiB', async () => {
  const now = await status();
  const bytes = now.processes.map(process => process.residentBytes);
  expect(bytes).not.toContain(undefined);
  expect(bytes.reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBeLessThan(3 * 2 ** 30);
});

test('every server of the lab listens on loopback only', async () => {
  const pids = (await status()).processes.map(process => process.pid);
  const ours = listeners(new Set(pids.flatMap(socketsOf)));
  expect(ours.length).toBeGreaterThan(5);
  expect(ours.filter(address => !isLoopback(address))).toEqual([]);
});

test('a second up is refused and says how to stop the first', async () => {
  const { exitCode, stderr } = await runCli(['up']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('holdfast down');
});

test('an order is taken, its repetition answered alike, and another body under its key refused', async () => {
  const first = await order(SEED, 'lab-key-1');
  expect(first.status).toBe(201);
  const again = await order(SEED, 'lab-key-1');
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replay')).toBe('true');
  expect((await order(SEED, 'lab-key-1', { item: 'nut', quantity: 2 })).status).toBe(422);
});

test('the standby refuses writes with 503 and says when to come back', async () => {
  const refused = await order(STANDBY);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(refused.body).toMatchObject({ error: { code: 'not-active' } });
});

test('a correlation id runs from the request to the worker', async () => {
  const { addresses, entries } = connect();
  const id = `corr-${process.pid}`;
  const response = await fetch(`http://${addresses[SEED]}:${entries.service.port}/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': id,
      'x-correlation-id': id,
      host: HOST,
    },
    body: JSON.stringify({ item: 'bolt', quantity: 1 }),
  });
  expect(response.headers.get('x-correlation-id')).toBe(id);
  for (const process of ['service', 'worker']) {
    await eventually(`the id in a log of a ${process}`, async () => {
      const logs = readdirSync(LOGS).filter(name => name.startsWith(`${process}-${SEED}`));
      return logs.some(name => readFileSync(path.join(LOGS, name), 'utf8').includes(id));
    });
  }
});

test('the name leads to the active Region', async () => {
  expect(await resolved()).toEqual([connect().addresses[SEED]]);
});

describe('the README', () => {
  const text = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const commands = [...text.matchAll(/```bash\n([\s\S]*?)```/g)].flatMap(match =>
    (match[1] ?? '').trim().split('\n'),
  );

  test('holds no command that no test runs', () => {
    expect(commands.filter(command => !HERE.includes(command) && ELSEWHERE[command] === undefined)).toEqual(
      [],
    );
    for (const [command, file] of Object.entries(ELSEWHERE)) {
      const place = readFileSync(path.join(ROOT, file), 'utf8')
        .replaceAll(/['",[\]]/g, ' ')
        .replaceAll(/\s+/g, ' ');
      for (const part of command.split(' && ')) expect(place).toContain(part.replace(/^npx /, ''));
    }
  });

  test.each(HERE)('%s works', async command => {
    const { endpoint } = connect();
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'lab-readme',
      AWS_SECRET_ACCESS_KEY: 'lab',
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_HOME: path.join(ROOT, '.holdfast', 'cdk-home-readme'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    };
    const { stdout, stderr } = await run('bash', ['-c', command], { cwd: ROOT, env, maxBuffer: 2 ** 26 });
    if (command.startsWith('npx cdk deploy')) expect(`${stdout}${stderr}`).toContain('(no changes)');
  });
});
