import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../../lib/cli/program';
import { HoldfastError } from '../../../lib/errors';
import type { MachineFacts } from '../../../lib/lab';
import { LAYERS, stackName } from '../../../lib/naming';
import { type Account, judgeAccount, judgeMachine } from '../../../lib/operations';
import { loadTopology } from '../../../regions';
import orders from '../../../regions/examples/orders';
import { contextAt } from '../../helpers/cli-context';

const GIB = 1024 ** 3;
const good: MachineFacts = {
  platform: 'linux',
  node: '20.19.0',
  python: { value: 'python3 3.11.2' },
  postgres: { value: '16.6.0' },
  memoryBytes: 8 * GIB,
  freeBytes: { '/work': { value: 9 * GIB } },
  loopback: { value: '127.0.10.1' },
};
const wrong = (facts: Partial<MachineFacts>) =>
  judgeMachine({ ...good, ...facts }, '20.19.0').filter(({ state }) => state !== 'ok');

describe('a machine', () => {
  test('that has everything lacks nothing', () => expect(wrong({})).toEqual([]));

  test.each<[string, Partial<MachineFacts>, string, string]>([
    ['another system', { platform: 'darwin' }, 'system', 'missing'],
    ['an older Node', { node: '20.18.3' }, 'node', 'missing'],
    ['a much older Node, whose digits are higher', { node: '18.20.9' }, 'node', 'missing'],
    ['no Python', { python: { missing: 'none on the PATH' } }, 'python', 'missing'],
    ['no PostgreSQL', { postgres: { missing: 'not installed' } }, 'postgresql', 'missing'],
    ['little memory', { memoryBytes: 2 * GIB }, 'memory', 'missing'],
    ['a full disk', { freeBytes: { '/work': { value: GIB } } }, 'space /work', 'missing'],
    ['a disk that cannot be read', { freeBytes: { '/work': { unknown: 'EIO' } } }, 'space /work', 'unknown'],
    ['no loopback range', { loopback: { missing: 'EADDRNOTAVAIL' } }, 'loopback', 'missing'],
  ])('%s is told, with its fix, and nothing else is', (_what, facts, id, state) => {
    expect(wrong(facts)).toEqual([{ id, state, text: expect.any(String), fix: expect.stringMatching(/\w/) }]);
  });

  test.each(['20.19.1', '20.20.0', '22.0.0', '24.1.0'])('Node %s is new enough', node => {
    expect(wrong({ node })).toEqual([]);
  });
});

const topology = loadTopology(orders);
const stacks = LAYERS.map(layer => ({ name: stackName('orders', layer), status: 'CREATE_COMPLETE' }));
const record = { epoch: 3, phase: 'active', region: 'us-west-2' } as const;
const ready: Account = {
  facts: {
    account: async () => '000000000000',
    enabledRegions: async (_region, names) => names,
    zoneIds: async region => topology.regions.find(({ name }) => name === region)?.zones ?? [],
    hostedZoneName: async () => 'example.com',
  },
  cloud: {
    bootstrapVersion: async () => 28,
    stacks: async () => stacks,
    readRegister: async () => ({ record, updatedBy: 'test', updatedAt: '2026-01-01T00:00:00Z' }),
  },
};
const lacks = async (facts: Partial<Account['facts']>, cloud: Partial<Account['cloud']> = {}) =>
  (await judgeAccount(topology, { facts: { ...ready.facts, ...facts }, cloud: { ...ready.cloud, ...cloud } }))
    .filter(({ state }) => state !== 'ok')
    .map(({ id, state }) => `${id}: ${state}`);

describe('an account', () => {
  test('that has everything lacks nothing, and eleven things were looked at', async () => {
    expect(await lacks({})).toEqual([]);
    expect(await judgeAccount(topology, ready)).toHaveLength(3 + 2 * 4);
  });

  const both = (id: string) => topology.regions.map(({ name }) => `${id} ${name}: missing`);
  test.each<[string, Partial<Account['facts']>, Partial<Account['cloud']>, string[]]>([
    ['of another account', { account: async () => '111111111111' }, {}, ['credentials: missing']],
    [
      'without the witness',
      { enabledRegions: async (_, names) => names.filter(name => name !== 'us-east-1') },
      {},
      ['regions: missing'],
    ],
    [
      'without a zone',
      { zoneIds: async () => ['use2-az1', 'use2-az2', 'use2-az3', 'usw2-az1'] },
      {},
      ['zones us-west-2: missing'],
    ],
    ['without the hosted zone', { hostedZoneName: async () => undefined }, {}, ['hosted zone: missing']],
    [
      'with the zone of another name',
      { hostedZoneName: async () => 'example.org' },
      {},
      ['hosted zone: missing'],
    ],
    ['never bootstrapped', {}, { bootstrapVersion: async () => undefined }, both('bootstrap')],
    ['without stacks', {}, { stacks: async () => [] }, both('stacks')],
    [
      'with a stack that is stuck',
      {},
      {
        stacks: async () =>
          stacks.map((stack, index) =>
            index === 1 ? { ...stack, status: 'UPDATE_ROLLBACK_FAILED' } : stack,
          ),
      },
      both('stacks'),
    ],
    ['whose register was never born', {}, { readRegister: async () => undefined }, both('register')],
  ])('%s', async (_what, facts, cloud, expected) => {
    expect(await lacks(facts, cloud)).toEqual(expected);
  });

  test('what may not be read is unknown, and hides nothing else', async () => {
    const denied = async () => {
      throw new HoldfastError('refused', 'access denied');
    };
    expect(await lacks({ hostedZoneName: denied, account: async () => '1' }, { stacks: denied })).toEqual([
      'credentials: missing',
      'hosted zone: unknown',
      'stacks us-east-2: unknown',
      'stacks us-west-2: unknown',
    ]);
  });
});

describe('holdfast doctor', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-doctor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('looks at this machine, which runs these tests', async () => {
    const context = contextAt(folder, { environment: { PATH: process.env.PATH } });
    await runProgram(context, ['node', 'holdfast', 'doctor', '--json']);
    const document = JSON.parse(context.printed.join(''));
    const ok = document.findings.filter(({ state }: { state: string }) => state === 'ok');
    expect(ok.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['system', 'node', 'python', 'postgresql', 'loopback']),
    );
    expect(document.counts.unknown).toBe(0);
    expect(context.ended.code).toBe(document.counts.missing === 0 ? 0 : 2);
  });

  test('without a Python it says so and ends with 2', async () => {
    const context = contextAt(folder, { environment: { PATH: folder } });
    await runProgram(context, ['node', 'holdfast', 'doctor']);
    expect(context.ended.code).toBe(2);
    expect(context.printed.join('')).toMatch(/python +missing .*install Python/s);
  });
});
