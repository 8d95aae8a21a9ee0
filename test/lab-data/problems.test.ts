import type { DaemonStatus, RegionStatus } from '../../lib/lab/daemon';
import { findProblems as problemsOf, type Seen as SeenOfHomes } from '../../lib/lab/lab-problems';

/** What was seen of an application without homes. */
type Seen = Omit<SeenOfHomes, 'homes'> & SeenOfHomes['homes'][number];
const findProblems = ({ lab, daemon, ...home }: Seen): string[] => problemsOf({ lab, daemon, homes: [home] });

const region = (
  name: string,
  role: 'writer' | 'replica',
  rest: Partial<RegionStatus> = {},
): RegionStatus => ({
  region: name,
  address: '127.0.10.1',
  database: { role, running: true, restarts: 0, frozen: false, lag: role === 'replica' ? 3 : undefined },
  cache: { running: true, restarts: 0, frozen: false },
  gate: { running: true, restarts: 0, frozen: false },
  liveSettings: { running: true, restarts: 0, frozen: false },
  instances: [
    {
      id: 'i-1',
      zone: 'us-west-2a',
      group: 'orders-blue',
      entry: 'service',
      running: true,
      restarts: 0,
      frozen: false,
      health: 'healthy',
    },
    {
      id: 'i-2',
      zone: 'us-west-2a',
      group: 'orders-worker',
      entry: 'worker',
      running: true,
      restarts: 0,
      frozen: false,
    },
  ],
  ...rest,
});
const daemon = (...regions: RegionStatus[]): DaemonStatus => ({
  started: true,
  emulator: true,
  problems: [],
  processes: [],
  regions: regions.length > 0 ? regions : [region('us-east-2', 'writer'), region('us-west-2', 'replica')],
});
const good: Seen = {
  lab: { application: 'orders', regions: [] },
  daemon: daemon(),
  register: {
    record: { epoch: 1, phase: 'active', region: 'us-east-2' },
    updatedBy: 'birth',
    updatedAt: '2026-11-25T10:00:00.000Z',
  },
  dns: { server: '127.0.0.1:53', addresses: ['127.0.10.1'], ttlSeconds: 6, region: 'us-east-2' },
};
const standby = (rest: Partial<RegionStatus>) =>
  daemon(region('us-east-2', 'writer'), region('us-west-2', 'replica', rest));

test('a lab as it should be has no problem', () => {
  expect(findProblems(good)).toEqual([]);
});

test.each<[string, Partial<Seen>, string]>([
  ['an unborn register', { register: undefined }, 'the register is not born'],
  [
    'a dead emulator',
    { daemon: { ...daemon(), emulator: false } },
    'the AWS emulator is dead and its state lost',
  ],
  [
    'a daemon that starts',
    { daemon: { ...daemon(), started: false } },
    'databases and caches are still starting',
  ],
  [
    'a silent standby',
    { daemon: standby({ database: { role: 'replica', running: true, restarts: 1, frozen: false } }) },
    'replication lag of us-west-2 is not known',
  ],
  [
    'a cache that is down',
    { daemon: standby({ cache: { running: false, restarts: 0, frozen: false } }) },
    'cache of us-west-2 is down',
  ],
  ['a gate that never came', { daemon: standby({ gate: undefined }) }, 'gate of us-west-2 is down'],
  [
    'a controller that was never deployed',
    { daemon: standby({ liveSettings: undefined }) },
    'controller of the live settings of us-west-2 is down',
  ],
  [
    'a frozen database',
    { daemon: standby({ database: { role: 'replica', running: true, restarts: 0, lag: 1, frozen: true } }) },
    'database of us-west-2 is frozen',
  ],
  [
    'a frozen cache',
    { daemon: standby({ cache: { running: true, restarts: 0, frozen: true } }) },
    'cache of us-west-2 is frozen',
  ],
  [
    'a frozen gate',
    { daemon: standby({ gate: { running: true, restarts: 0, frozen: true } }) },
    'gate of us-west-2 is frozen',
  ],
  [
    'a frozen worker',
    {
      daemon: standby({
        instances: region('us-west-2', 'replica').instances.map(each => ({
          ...each,
          frozen: each.entry === 'worker',
        })),
      }),
    },
    '1 of 2 clones and workers of us-west-2 are frozen',
  ],
  ['no clones', { daemon: standby({ instances: [] }) }, 'no clones behind orders in us-west-2'],
  [
    'a sick clone',
    {
      daemon: standby({
        instances: [
          {
            id: 'i-1',
            zone: 'us-west-2a',
            frozen: false,
            group: 'orders-blue',
            entry: 'service',
            running: true,
            restarts: 0,
            health: 'unhealthy',
          },
          {
            id: 'i-2',
            zone: 'us-west-2a',
            group: 'orders-worker',
            entry: 'worker',
            running: true,
            restarts: 0,
            frozen: false,
          },
        ],
      }),
    },
    '1 of 1 clones of us-west-2 are not healthy',
  ],
  [
    'DNS that leads elsewhere',
    { dns: { ...good.dns, region: 'us-west-2' } as Seen['dns'] },
    'DNS answers us-west-2',
  ],
  [
    'a register ahead of the database',
    {
      register: {
        record: { epoch: 2, phase: 'active', region: 'us-west-2' },
        updatedBy: 'drill',
        updatedAt: '2026-11-25T10:00:00.000Z',
      },
    },
    'us-west-2 is active, us-east-2 has the writer',
  ],
  [
    'a move under way',
    {
      register: {
        record: { epoch: 2, phase: 'fencing', region: 'us-west-2' },
        updatedBy: 'drill',
        updatedAt: '2026-11-25T10:00:00.000Z',
      },
    },
    'the register says fencing us-west-2',
  ],
  [
    'two writers',
    { daemon: daemon(region('us-east-2', 'writer'), region('us-west-2', 'writer')) },
    'no single database writer',
  ],
])('%s is named', (_what, change, problem) => {
  expect(findProblems({ ...good, ...change })).toContain(problem);
});

test('homes are judged each by itself, and named', () => {
  const { register, dns } = good;
  const health = (home: string, role: 'writer' | 'replica') => ({
    ...{ home, database: { role, running: true, restarts: 0, frozen: false, lag: 3 } },
    gate: { running: true, restarts: 0, frozen: false },
  });
  const there = (name: string, east: 'writer' | 'replica') =>
    region(name, 'writer', {
      ...{ database: undefined, gate: undefined },
      homes: [health('east', east), { ...health('west', 'replica'), gate: undefined }],
    });
  const seen = daemon(there('us-east-2', 'writer'), there('us-west-2', 'replica'));
  const homes = [{ home: 'east', register, dns }, { home: 'west' }];
  expect(problemsOf({ lab: good.lab, daemon: seen, homes })).toEqual([
    'gate of home west in us-east-2 is down',
    'gate of home west in us-west-2 is down',
    'no single database writer of home west',
    'the register of home west is not born',
  ]);
});
