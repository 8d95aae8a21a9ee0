import {
  hostOf,
  loadTopology,
  optInRegions,
  RECOVERY_DEFAULTS,
  regionOf,
  resolveRecovery,
  seedRegion,
  standbyRegions,
} from '../../regions';
import { example, problemsOf } from './example';

const topology = loadTopology(example());

describe('loading a topology', () => {
  test('applies every default and keeps every value', () => {
    expect(topology).toMatchObject({
      account: '000000000000',
      recovery: RECOVERY_DEFAULTS,
      capacity: { instanceType: 'm7i.large', minimumWorkers: 1, peakRequestsPerSecond: 200 },
      database: { rpoBasis: 'alarmed', engineVersion: '16.6' },
    });
    expect(topology.regions.map(({ seed, capacityShare }) => ({ seed, capacityShare }))).toEqual([
      { seed: true, capacityShare: 1 },
      { seed: false, capacityShare: 1 },
    ]);
  });

  test('a value in the file wins over its default, and undefined does not', () => {
    expect(resolveRecovery({ recovery: { leaseSeconds: 5, decisionSeconds: undefined } })).toEqual({
      ...RECOVERY_DEFAULTS,
      leaseSeconds: 5,
    });
  });

  test('loading what was loaded changes nothing', () => {
    expect(loadTopology(topology)).toEqual(topology);
  });

  test('does not change its input', () => {
    const input = Object.freeze(example());
    const before = structuredClone(input);
    loadTopology(input);
    expect(input).toEqual(before);
  });
});

describe('the account', () => {
  const anonymous = example(document => {
    delete document.account;
  });

  test('comes from the environment where the file names none', () => {
    expect(loadTopology(anonymous, { account: '222222222222' }).account).toBe('222222222222');
  });

  test('of the file wins over that of the environment', () => {
    expect(loadTopology(example(), { account: '222222222222' }).account).toBe('000000000000');
  });

  test.each([undefined, '', 'nonsense'])('is a problem when neither names it (%p)', account => {
    expect(problemsOf(anonymous, account)).toEqual([
      expect.objectContaining({ path: 'account', fix: expect.stringContaining('CDK_DEFAULT_ACCOUNT') }),
    ]);
  });
});

describe('finding Regions', () => {
  test('by name, by role of birth, and by what an account must enable', () => {
    expect(regionOf(topology, 'us-west-2').cidr).toBe('10.20.0.0/16');
    expect(seedRegion(topology).name).toBe('us-east-2');
    expect(standbyRegions(topology).map(region => region.name)).toEqual(['us-west-2']);
    expect(optInRegions(topology)).toEqual([]);
    expect(hostOf(topology)).toBe('orders.example.com');
  });

  test('a Region that is not there is answered with those that are', () => {
    expect(() => regionOf(topology, 'eu-west-1')).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: 'no Region eu-west-1 in the topology, which has us-east-2, us-west-2',
      }),
    );
  });
});

test('importing the facts layer does not load the schema library', () => {
  jest.isolateModules(() => {
    jest.doMock('zod/mini', () => {
      throw new Error('loaded');
    });
    expect(() => require('../../regions')).not.toThrow();
    expect(() => require('../../regions/schema')).toThrow('loaded');
    jest.dontMock('zod/mini');
  });
});
