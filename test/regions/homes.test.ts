import { homeHost } from '../../lib/naming';
import { homeOf, homesOf, hostOf, loadTopology, refuseHomes, seedRegion, watchedLevels } from '../../regions';
import orders from '../../regions/examples/orders';
import ordersHomes from '../../regions/examples/orders-homes';
import { type Document, problemsOf } from './example';

const EAST = { name: 'east', seed: 'us-east-2' };
const WEST = { name: 'west', seed: 'us-west-2' };
const topology = loadTopology(ordersHomes);

describe('homes are refused', () => {
  test.each<[string, object, string, string]>([
    ['in active-passive', { mode: 'active-passive' }, 'homes', 'one Region writes everything'],
    ['when they are missing', { homes: undefined }, 'homes', 'no two parts'],
    ['when there is one', { homes: [EAST] }, 'homes', 'no two parts'],
    [
      'when there are too many',
      { homes: 'abcdef'.split('').map(name => ({ ...EAST, name: `x${name}` })) },
      'homes',
      'are 6',
    ],
    [
      'with a name twice',
      { homes: [EAST, { ...WEST, name: 'east' }] },
      'homes[1].name',
      'is homes[0] already',
    ],
    [
      'with a name that DNS or the register would not bear',
      { homes: [EAST, { ...WEST, name: 'we-st' }] },
      'homes[1].name',
      'must be',
    ],
    [
      'with a seed elsewhere',
      { homes: [EAST, { ...WEST, seed: 'us-east-1' }] },
      'homes[1].seed',
      'no Region of this topology',
    ],
    [
      'with a jurisdiction that nobody names',
      { homes: [EAST, { ...WEST, jurisdiction: 'eu' }] },
      'homes[1].jurisdiction',
      'is not named',
    ],
  ])('%s', (_what, change, path, message) => {
    const problems = problemsOf({ ...ordersHomes, ...change });
    expect(problems.map(problem => [problem.path, problem.message])).toEqual([
      [path, expect.stringContaining(message)],
    ]);
  });

  test('beside a Region that could not carry them all', () => {
    const document = structuredClone(ordersHomes) as Document;
    document.regions[1].capacityShare = 0.5;
    expect(problemsOf(document)).toMatchObject([{ path: 'regions[1].capacityShare' }]);
  });
});

test('each home sees a topology of its own: its seed, its name, its jurisdiction', () => {
  const jurisdictions = ['us', 'ca'].map(name => ({ name, regions: ['us-east-2', 'us-west-2'] }));
  const document = { ...ordersHomes, jurisdictions, homes: [{ ...EAST, jurisdiction: 'us' }, WEST] };
  const [east, west] = homesOf(loadTopology(document));
  expect([east, west].map(view => view && [view.home, seedRegion(view).name, hostOf(view)])).toEqual([
    ['east', 'us-east-2', homeHost('east', 'orders.example.com')],
    ['west', 'us-west-2', homeHost('west', 'orders.example.com')],
  ]);
  expect([east, west].map(view => view?.jurisdictions?.map(({ name }) => name))).toEqual([
    ['us'],
    ['us', 'ca'],
  ]);
});

test('an application without homes is one home that has no name', () => {
  const plain = loadTopology(orders);
  expect(homesOf(plain)).toEqual([plain]);
  expect(homeOf(plain, undefined)).toBe(plain);
  expect(() => homeOf(plain, 'east')).toThrow(/has no homes/);
});

test('a home that is missing or unknown is told with the list of homes', () => {
  expect(() => homeOf(topology, undefined)).toThrow(/home by home: east, west[\s\S]*use one of east, west/);
  expect(() => homeOf(topology, 'north')).toThrow(/north/);
  expect(homeOf(topology, 'west').home).toBe('west');
});

test('what knows no homes refuses such a topology, and no other', () => {
  expect(() => refuseHomes(topology, 'holdfast demo')).toThrow(/holdfast demo does not know homes yet/);
  expect(() => refuseHomes(loadTopology(orders), 'holdfast demo')).not.toThrow();
});

test('the durability of each home is watched apart', () => {
  const names = watchedLevels(topology).map(({ name, home }) => [name, home]);
  expect(names).toContainEqual(['little-to-lose-east', 'east']);
  expect(names).toContainEqual(['little-to-lose-west', 'west']);
  expect(names).toContainEqual(['place-order', undefined]);
});
