import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock as clock } from '../../lib/clock';
import { freePort } from '../../lib/lab/network';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { ProcessRegistry, type RunningProcess } from '../../lib/lab/processes';
import { stopAll } from '../../lib/lab/stop-processes';
import { waitFor } from '../../lib/lab/wait-for';
import { ROOT } from '../helpers/sources';

/** Lets a child load the sources themselves. */
const HOOK = `
  const { transformSync } = require(${JSON.stringify(require.resolve('@swc/core'))});
  require('module')._extensions['.ts'] = (m, f) => m._compile(transformSync(require('fs').readFileSync(f, 'utf8'),
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }).code, f);`;

/** A program that serves, calls out, tells its clocks, and keeps the real lease of the run time. */
const PROGRAM = `
  const http = require('http');
  const { createHash } = require('crypto');
  const { systemClock } = require('${ROOT}/lib/runtime/clock.ts');
  const { ReadLease } = require('${ROOT}/lib/runtime/register/lease.ts');
  const { LeaseKeeper } = require('${ROOT}/lib/runtime/register/lease-keeper.ts');
  let reachable = true;
  const register = { read: async () => {
    if (!reachable) throw new Error('out of reach');
    return { epoch: 1, phase: 'active', region: 'here' };
  } };
  const logger = { info() {}, error() {} };
  const keeper = new LeaseKeeper({ lease: new ReadLease('here', 300), register, clock: systemClock, logger });
  void keeper.run(new AbortController().signal);
  const wall = new Date(0);
  const routes = {
    '/clock': () => ({ now: Date.now(), made: new Date().getTime(), called: new Date(Date()).getTime(),
      given: new Date(5).getTime(), kept: wall instanceof Date && new Date() instanceof Date, monotonic: performance.now(),
      hrtime: Number(process.hrtime.bigint()) / 1e6, held: keeper.current().held }),
    '/cut': () => { reachable = false; return {}; },
    '/join': () => { reachable = true; return {}; },
  };
  http.createServer((q, s) => {
    if (q.url.startsWith('/out/')) return http.get('http://127.0.0.1:' + q.url.slice(5), r => r.pipe(s));
    if (q.url !== '/hash') return s.end(JSON.stringify(routes[q.url]()));
    const hash = createHash('sha256');
    q.on('data', d => hash.update(d)).on('end', () => s.end(hash.digest('hex') + 'x'.repeat(3e6)));
  }).listen(Number(process.argv[2]), '127.0.0.1');`;

let paths: LabPaths;
let child: RunningProcess;
let port: number;
let elsewhere: Server;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-disturbance-')));
  createLabFolders(paths);
  const [hook, program] = ['hook.js', 'program.js'].map(name => path.join(paths.projectRoot, name)) as [
    string,
    string,
  ];
  writeFileSync(hook, HOOK);
  writeFileSync(program, PROGRAM);
  port = await freePort('127.0.0.1');
  const preload = path.join(ROOT, 'lib/lab/preload/preload.ts');
  child = await new ProcessRegistry(paths, clock).start({
    name: 'child',
    command: process.execPath,
    args: ['--require', hook, '--require', preload, program, String(port)],
    env: { PATH: process.env.PATH ?? '' },
    disturbable: true,
  });
  elsewhere = createServer((_, response) => response.end('there'));
  await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
  await waitFor(() => call('/clock'), { clock, timeout: 20_000, what: 'the child' });
});

afterAll(async () => {
  agent.destroy();
  elsewhere.close();
  await stopAll(paths, clock);
  rmSync(paths.projectRoot, { recursive: true, force: true });
  rmSync(paths.data, { recursive: true, force: true });
});

/** Asks the child; what it answers and the milliseconds that it took. */
async function call(url: string, body?: Buffer, through: Agent = agent) {
  const began = clock.monotonic();
  const text = await new Promise<string>((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path: url, method: 'POST', agent: through },
      response => {
        const parts: Buffer[] = [];
        response
          .on('data', part => parts.push(part))
          .on('end', () => resolve(Buffer.concat(parts).toString()));
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject).end(body);
  });
  return { text, took: clock.monotonic() - began };
}

const clocks = async () =>
  JSON.parse((await call('/clock')).text) as Record<string, number> & { held: boolean };

describe('a delayed network', () => {
  const DELAY = 120;

  test('holds back what is received and what is sent, on connections old and new, served and called, and is lifted', async () => {
    const before = (await call('/clock')).took; // this connection is kept alive
    await child.disturb({ delayMilliseconds: DELAY });
    try {
      expect((await call('/clock')).took).toBeGreaterThanOrEqual(2 * DELAY - 5);
      expect((await call('/clock', undefined, new Agent())).took).toBeGreaterThanOrEqual(2 * DELAY - 5);
      const { address } = { address: elsewhere.address() as AddressInfo };
      const out = await call(`/out/${address.port}`);
      expect(out.text).toBe('there');
      expect(out.took).toBeGreaterThanOrEqual(4 * DELAY - 10);
    } finally {
      await child.disturb({ delayMilliseconds: 0 });
    }
    const after = (await call('/clock')).took;
    expect(Math.max(before, after)).toBeLessThan(2 * DELAY);
  });

  test('delays megabytes without changing their order or holding up the stream', async () => {
    const bytes = randomBytes(3_000_000);
    await child.disturb({ delayMilliseconds: 20 });
    try {
      const { text } = await call('/hash', bytes);
      expect(text.slice(0, 64)).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(text).toHaveLength(64 + 3e6);
    } finally {
      await child.disturb({ delayMilliseconds: 0 });
    }
  });

  test('the end of a connection is delayed, not lost', async () => {
    await child.disturb({ delayMilliseconds: DELAY });
    try {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.end('GET /join HTTP/1.0\r\n\r\n'));
        let text = '';
        socket.on('data', part => {
          text += part;
        });
        socket.on('end', () => resolve(text)).on('error', reject);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\{\}$/);
    } finally {
      await child.disturb({ delayMilliseconds: 0 });
    }
  });
});

describe('a skewed clock', () => {
  afterEach(() => child.disturb({ clock: { seconds: 0, rate: 1 } }));

  test.each([3600, -3600])(
    '%d s: every way to ask the wall clock tells it, the monotonic clocks do not',
    async seconds => {
      const before = await clocks();
      await child.disturb({ clock: { seconds, rate: 1 } });
      const after = await clocks();
      const passed = (after.monotonic ?? 0) - (before.monotonic ?? 0);
      expect(passed).toBeGreaterThan(0);
      expect(passed).toBeLessThan(60_000);
      expect((after.hrtime ?? 0) - (before.hrtime ?? 0)).toBeLessThan(60_000);
      for (const way of ['now', 'made', 'called']) {
        const jump = (after[way] ?? 0) - (before[way] ?? 0) - passed;
        expect(Math.abs(jump - seconds * 1000)).toBeLessThan(2000); // the text of Date() has whole seconds
      }
      expect(after).toMatchObject({ given: 5, kept: true });
    },
  );

  test('a rate makes it drift', async () => {
    await child.disturb({ clock: { seconds: 0, rate: 100 } });
    const first = await clocks();
    let second = first;
    const since = () => (second.monotonic ?? 0) - (first.monotonic ?? 0);
    // Both are told in whole milliseconds: of a few of them the share would be chance.
    while (since() < 50) second = await clocks();
    const monotonic = since();
    expect(((second.now ?? 0) - (first.now ?? 0)) / monotonic).toBeGreaterThan(30);
  });

  test('a lease lasts as long as it lasts: an hour ahead does not end it, an hour behind does not prolong it', async () => {
    expect((await clocks()).held).toBe(true);
    await child.disturb({ clock: { seconds: 3600, rate: 1 } });
    const until = clock.monotonic() + 400;
    while (clock.monotonic() < until) expect((await clocks()).held).toBe(true);

    await child.disturb({ clock: { seconds: -3600, rate: 1 } });
    await call('/cut');
    const ended = () => clocks().then(seen => !seen.held);
    await waitFor(ended, { clock, timeout: 5000, interval: 20, what: 'the lease to end' });
    await call('/join');
    await waitFor(async () => !(await ended()), { clock, timeout: 5000, interval: 20, what: 'a new lease' });
  });
});

test('a process that is frozen, has no preload or has ended is not reported as disturbed', async () => {
  child.freeze();
  try {
    await expect(child.disturb({ delayMilliseconds: 1 })).rejects.toMatchObject({ code: 'timeout' });
  } finally {
    child.thaw();
  }
  await child.disturb({ delayMilliseconds: 0 });
  const plain = await new ProcessRegistry(paths, clock).start({
    ...{ name: 'plain', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} },
  });
  await expect(plain.disturb({ delayMilliseconds: 1 })).rejects.toMatchObject({ code: 'refused' });
  await child.stop();
  // Whether its channel has closed already or breaks while it is told: nobody was disturbed.
  await expect(child.disturb({ delayMilliseconds: 1 })).rejects.toMatchObject({
    code: expect.stringMatching(/^(refused|unavailable)$/),
  });
});
