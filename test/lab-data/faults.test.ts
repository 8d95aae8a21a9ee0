import { readFileSync } from 'node:fs';
import path from 'node:path';
import { labFault } from '../../lib/cli/actions/lab-fault';
import type { CommandContext } from '../../lib/cli/context';
import { FAULT_ACTIONS, FAULT_TARGETS } from '../../lib/lab';
import { type StruckWorld, strike } from '../../lib/lab/daemon/faults';
import { CLONE_CALLER } from '../../lib/lab/daemon/followers';
import { GatewayState } from '../../lib/lab/gateway';
import { ROOT } from '../helpers/sources';

const REGION = 'us-east-2';
const ZONES = ['us-east-2a', 'us-east-2b'] as const;

/** A lab of one Region without a cache that notes what its processes are told: two clones and a worker in two zones. */
function lab() {
  const told: string[] = [];
  const process = (name: string) => ({
    kill: (signal: string) => told.push(`${name} ${signal}`),
    freeze: () => told.push(`${name} freeze`),
    thaw: () => told.push(`${name} thaw`),
    disturb: async (what: object) => void told.push(`${name} ${JSON.stringify(what)}`),
  });
  const all = [
    { id: 'i-1', entry: 'service', zone: ZONES[0] },
    { id: 'i-2', entry: 'service', zone: ZONES[1] },
    { id: 'i-3', entry: 'worker', zone: ZONES[0] },
  ];
  const follower = {
    runningGates: [{ process: process('gate') }],
    zones: () => [...ZONES],
    holdZone: async (zone: string, down: boolean) => void told.push(`${zone} ${down ? 'down' : 'up'}`),
    instances: {
      struck: ({ entries, zone, id }: { entries: string[]; zone?: string; id?: string }) =>
        all
          .filter(
            each =>
              entries.includes(each.entry) &&
              (zone ?? each.zone) === each.zone &&
              (id ?? each.id) === each.id,
          )
          .map(each => process(each.id)),
    },
  };
  const state = new GatewayState();
  const links: unknown[] = [];
  const database = {
    server: () => ({ process: process('database'), query: async (sql: string) => void told.push(sql) }),
    link: async (region: string, how: unknown) => void links.push([region, how]),
  };
  const liveSettings = new Map([[REGION, { function: { process: process('controller') } }]]);
  const world = {
    ...{ followers: { regions: new Map([[REGION, follower]]), liveSettings }, state },
    stores: { caches: new Map(), homes: [{ database }] },
  } as unknown as StruckWorld;
  const act = (action: string, target: string, more: object = {}) =>
    strike({ action, target, region: REGION, ...more }, world);
  return { act, told, state, links };
}

test.each([
  ['kill', 'clone', {}, ['i-1 SIGKILL']],
  ['kill', 'clone', { instance: 'i-2' }, ['i-2 SIGKILL']],
  ['kill', 'zone', { zone: ZONES[0] }, ['i-1 SIGKILL', 'i-3 SIGKILL']],
  ['kill', 'gate', {}, ['gate SIGKILL']],
  ['freeze', 'clone', {}, ['i-1 freeze']],
  ['freeze', 'clone', { all: true }, ['i-1 freeze', 'i-2 freeze']],
  ['freeze', 'clone', { zone: ZONES[1] }, ['i-2 freeze']],
  ['thaw', 'clone', {}, ['i-1 thaw', 'i-2 thaw']],
  ['freeze', 'database', {}, ['database freeze']],
  ['freeze', 'worker', {}, ['i-3 freeze']],
  ['hold', 'zone', { zone: ZONES[1] }, [`${ZONES[1]} down`]],
  ['release', 'zone', { zone: ZONES[1] }, [`${ZONES[1]} up`]],
  ['delay', 'worker', { milliseconds: 200 }, ['i-3 {"delayMilliseconds":200}']],
  ['mend', 'worker', {}, ['i-3 {"delayMilliseconds":0}']],
  ['skew', 'clone', { seconds: -5 }, ['i-1 {"clock":{"seconds":-5,"rate":1}}']],
  ['skew', 'gate', { rate: 2 }, ['gate {"clock":{"seconds":0,"rate":2}}']],
  ['unskew', 'clone', {}, ['i-1 {"clock":{"seconds":0,"rate":1}}', 'i-2 {"clock":{"seconds":0,"rate":1}}']],
  ['pause', 'database', {}, ['select pg_wal_replay_pause()']],
])('%s %s %j strikes %j and nothing else', async (action, target, more, expected) => {
  const { act, told } = lab();
  await act(action, target, more);
  expect(told).toEqual(expected);
});

test('a frozen Region loses all its processes and its control plane, and gets them back', async () => {
  const { act, told, state } = lab();
  await act('freeze', 'region');
  expect(told).toEqual(['i-1', 'i-2', 'i-3', 'gate', 'database', 'controller'].map(name => `${name} freeze`));
  expect(state.unreachable()).toEqual([REGION]);
  expect(state.faults()).toMatchObject([{ match: { region: REGION }, effect: { kind: 'reset' } }]);
  await act('thaw', 'region');
  expect([state.unreachable(), state.faults()]).toEqual([[], []]);
});

test('the links: a standby is cut, delayed and mended; so is the way to the register', async () => {
  const { act, links, state } = lab();
  await act('cut', 'database');
  await act('delay', 'database', { milliseconds: 70 });
  await act('mend', 'database');
  expect(links).toEqual([
    [REGION, 'cut'],
    [REGION, 70],
    [REGION, 'mend'],
  ]);
  await act('cut', 'register');
  await act('delay', 'register', { milliseconds: 90 });
  expect(state.unreachable()).toEqual([REGION]);
  expect(state.faults()).toMatchObject([
    { match: { service: 'dynamodb', region: REGION }, effect: { kind: 'latency', milliseconds: 90 } },
  ]);
  await act('mend', 'register');
  expect([state.unreachable(), state.faults()]).toEqual([[], []]);
});

test('drain lets the workers take again what fill refuses them', async () => {
  const { act, state } = lab();
  const rule = {
    id: `queue-held-${REGION}`,
    match: { caller: CLONE_CALLER },
    effect: { kind: 'error', status: 503 },
  } as const;
  state.injectFault(rule);
  await act('drain', 'queue');
  expect(state.faults()).toEqual([]);
});

test.each([
  ['cache', {}],
  ['clone', { instance: 'i-9' }],
  ['worker', { zone: ZONES[1] }],
])('a %s %j that does not run is not reported as struck', async (target, more) => {
  const { act, told } = lab();
  for (const action of ['kill', 'freeze', 'thaw'])
    await expect(act(action, target, more)).rejects.toMatchObject({ code: 'not-found' });
  await expect(act('hold', 'zone', { zone: 'us-east-2z' })).rejects.toMatchObject({ code: 'not-found' });
  expect(told).toEqual([]);
});

test.each([
  [{ action: 'kill', target: 'region' }, /kill is not for a region.*use hold/],
  [
    { action: 'delay', target: 'cache', milliseconds: 5 },
    /delay is not for a cache, but for clone, worker, gate/,
  ],
  [{ action: 'delay', target: 'clone' }, /--milliseconds 200/],
  [{ action: 'delay', target: 'clone', milliseconds: 0 }, /milliseconds/],
  [{ action: 'skew', target: 'clone' }, /--seconds 3600/],
  [{ action: 'skew', target: 'clone', seconds: 1, count: 3 }, /--count is for fill/],
  [{ action: 'freeze', target: 'gate', zone: ZONES[0] }, /a gate is not in one zone/],
  [{ action: 'hold', target: 'zone' }, /which zone/],
  [{ action: 'hold', target: 'clone', zone: ZONES[0] }, /hold zone --zone us-east-2a/],
  [{ action: 'hold', target: 'clone', instance: 'i-1' }, /--instance is for/],
  [{ action: 'fill', target: 'queue', count: 1.5 }, /count/],
])('%j makes no sense, and the command says so whether a lab runs or not', async (fault, message) => {
  const context = { projectRoot: '/nowhere' } as CommandContext;
  const options = { ...fault, region: REGION } as unknown as Parameters<typeof labFault>[1];
  await expect(labFault(context, options)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(message),
  });
});

test('docs/lab.md tells every action and every target', () => {
  const text = readFileSync(path.join(ROOT, 'docs/lab.md'), 'utf8');
  const table = text.slice(text.indexOf('## Faults'), text.indexOf('## Modelled'));
  for (const name of [...Object.keys(FAULT_ACTIONS), ...FAULT_TARGETS])
    expect(table).toContain(`\`${name}\``);
});
