import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import type { ServedUi } from '../../lib/ui';
import { ROOT } from '../helpers/sources';
import { KEY, UiWorld } from './ui-world';

let world: UiWorld;
let served: ServedUi;

beforeAll(async () => {
  world = new UiWorld();
  served = await world.serve();
});
afterAll(() => world.close());

/** Sends a request with exactly these headers, as no browser would let a page do. */
function send(method: string, at: string, headers: Record<string, string> = {}, body?: object) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const call = request(new URL(at, served.address), { method, headers }, async response => {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
      call.once('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    },
  );
}

const own = () => ({
  origin: served.address.slice(0, -1),
  'content-type': 'application/json',
  'x-holdfast-key': KEY,
});
const MOVE = { mode: 'switchover', to: 'us-west-2', confirm: 'us-west-2' };

test.each<[string, Record<string, string>, number]>([
  ['of another site', { origin: 'https://elsewhere.example' }, 403],
  ['of another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
  ['without its key', { 'x-holdfast-key': '' }, 403],
  ['with another key', { 'x-holdfast-key': 'a-key-of-that-start' }, 403],
  ['as a form sends it', { 'content-type': 'text/plain' }, 415],
  [
    'under a name that was made to lead here',
    { host: 'elsewhere.example', origin: 'http://elsewhere.example' },
    421,
  ],
  ['that a browser calls cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
])('a POST %s is refused and starts nothing', async (_what, wrong, status) => {
  expect((await send('POST', '/api/start', { ...own(), ...wrong }, MOVE)).status).toBe(status);
  expect((await send('POST', '/api/abort', { ...own(), ...wrong }, { confirm: 'abort' })).status).toBe(
    status,
  );
  expect(world.started).toEqual([]);
});

test('a POST without an origin is refused', async () => {
  const { origin: _, ...rest } = own();
  expect((await send('POST', '/api/start', rest, MOVE)).status).toBe(403);
});

test('reading under a foreign name is refused too', async () => {
  for (const at of ['/', '/api/view', '/api/events'])
    expect((await send('GET', at, { host: 'elsewhere.example' })).status).toBe(421);
});

test.each([
  ['the Region not typed again', { ...MOVE, confirm: 'us-east-2' }, 400],
  ['an unknown Region', { ...MOVE, to: 'eu-west-1', confirm: 'eu-west-1' }, 400],
  ['an unknown kind of move', { ...MOVE, mode: 'sideways' }, 400],
  ['a failover whose loss is not accepted', { ...MOVE, mode: 'failover' }, 409],
])('%s starts nothing', async (_what, body, status) => {
  expect((await send('POST', '/api/start', own(), body)).status).toBe(status);
  expect(world.started).toEqual([]);
});

test('an abort of nothing is answered so', async () => {
  const answer = await send('POST', '/api/abort', own(), { confirm: 'abort' });
  expect([answer.status, answer.body]).toEqual([409, expect.stringContaining('no drill is under way')]);
});

test('the page allows its own script and style alone; neither it nor its API holds the key', async () => {
  const page = await send('GET', '/');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/);
  expect(policy).not.toContain('unsafe');
  expect(page.body).not.toMatch(/https?:\/\//);
  expect(page.body).not.toContain(KEY);
  expect((await send('GET', '/api/view')).body).not.toContain(KEY);
});

test('one start at a time; the second is told which is under way', async () => {
  let end: () => void = () => undefined;
  world.drill = () => new Promise(resolve => (end = resolve));
  expect((await send('POST', '/api/start', own(), MOVE)).status).toBe(202);
  const second = await send('POST', '/api/start', own(), MOVE);
  expect([second.status, second.body]).toEqual([
    409,
    expect.stringContaining('switchover to us-west-2 is under way'),
  ]);
  expect(world.started).toHaveLength(1);
  end();
});

test('the parts of the page share one scope: no name is given twice', () => {
  const names = ['dom', 'state', 'regions', 'drill', 'control', 'main'].flatMap(part =>
    [
      ...readFileSync(path.join(ROOT, 'lib', 'ui', 'page', `${part}.mjs`), 'utf8').matchAll(
        /^(?:export )?(?:async )?(?:function|const|let) (\w+)/gm,
      ),
    ].map(([, name]) => name),
  );
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
