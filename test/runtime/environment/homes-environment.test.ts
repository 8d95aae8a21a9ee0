import { parseServiceEnvironment } from '../../../lib/runtime/environment/environment';
import { parseHomesEnvironment } from '../../../lib/runtime/environment/homes-environment';

const SHARED = {
  HOLDFAST_APPLICATION: 'orders',
  AWS_REGION: 'us-east-2',
  HOLDFAST_REGISTER_TABLE: 'orders-register',
  HOLDFAST_LEASE_SECONDS: '10',
  HOLDFAST_DATABASE_NAME: 'orders',
  HOLDFAST_DATABASE_AUTH: 'iam',
  HOLDFAST_CACHE_URL: 'rediss://cache:6379',
  HOLDFAST_CACHE_AUTH: 'iam:orders-us-east-2:service',
  HOLDFAST_CONFIG: 'orders/live/service',
};
const own = (home: string) => ({
  [`HOLDFAST_HOME_${home.toUpperCase()}_DATABASE_HOST`]: `db-${home}`,
  [`HOLDFAST_HOME_${home.toUpperCase()}_QUEUE_URL`]: `https://sqs/orders-${home}-work`,
  [`HOLDFAST_HOME_${home.toUpperCase()}_REGISTER_KEY`]: `register/${home}`,
});
const HOMES = { ...SHARED, HOLDFAST_HOMES: 'east,west', ...own('east'), ...own('west') };

test('each home has what is its own, and shares the rest', () => {
  const { homes, region } = parseHomesEnvironment(HOMES);
  expect(region).toBe('us-east-2');
  expect(
    homes.map(({ home, registerKey, database, queueUrl }) => [home, registerKey, database.host, queueUrl]),
  ).toEqual([
    ['east', 'register/east', 'db-east', 'https://sqs/orders-east-work'],
    ['west', 'register/west', 'db-west', 'https://sqs/orders-west-work'],
  ]);
  expect(new Set(homes.map(({ cache }) => cache.url)).size).toBe(1);
});

test('without homes there is one, which has no name', () => {
  const plain = { ...SHARED, HOLDFAST_DATABASE_HOST: 'db', HOLDFAST_QUEUE_URL: 'https://sqs/orders-work' };
  expect(parseHomesEnvironment(plain).homes).toMatchObject([{ home: undefined, registerKey: 'register' }]);
});

test('what a home lacks is missing, whatever the other has', () => {
  const { HOLDFAST_HOME_WEST_DATABASE_HOST: _, ...lacking } = HOMES as Record<string, string>;
  expect(() => parseHomesEnvironment(lacking)).toThrow(/HOLDFAST_DATABASE_HOST: is missing/);
});

test.each(['east,east', 'east,', 'We-st'])('%s is no list of homes', list => {
  expect(() => parseHomesEnvironment({ ...HOMES, HOLDFAST_HOMES: list })).toThrow(
    /no list of different homes/,
  );
});

test('a process of one home does not serve several without saying so', () => {
  expect(() =>
    parseServiceEnvironment({ ...HOMES, HOLDFAST_DATABASE_HOST: 'db', HOLDFAST_QUEUE_URL: 'https://q' }),
  ).toThrow(/HOLDFAST_HOMES: names several homes/);
});
