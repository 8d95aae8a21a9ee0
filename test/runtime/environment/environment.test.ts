import { parseGateEnvironment, parseServiceEnvironment } from '../../../lib/runtime/environment/environment';
import { RuntimeError } from '../../../lib/runtime/errors';

const GOOD = {
  HOLDFAST_APPLICATION: 'orders',
  AWS_REGION: 'us-east-2',
  HOLDFAST_REGISTER_TABLE: 'orders-register',
  HOLDFAST_LEASE_SECONDS: '10',
  HOLDFAST_DATABASE_HOST: 'db',
  HOLDFAST_DATABASE_NAME: 'orders',
  HOLDFAST_DATABASE_AUTH: 'iam',
  HOLDFAST_CACHE_URL: 'rediss://cache:6379',
  HOLDFAST_CACHE_AUTH: 'iam:orders-us-east-2:service',
  HOLDFAST_QUEUE_URL: 'https://sqs/orders-work',
  HOLDFAST_CONFIG: 'orders/live/service',
};

function problemsOf(change: Record<string, string | undefined>): string[] {
  try {
    parseServiceEnvironment({ ...GOOD, ...change });
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError);
    return (error as RuntimeError).problems.map(problem => problem.path);
  }
  return [];
}

test('reads what AWS gives, with the defaults of the contract', () => {
  expect(parseServiceEnvironment(GOOD)).toMatchObject({
    timeScale: 1,
    leaseSeconds: 10,
    leaseMarginSeconds: 2,
    database: { port: 5432, user: 'service', authentication: { kind: 'iam' } },
    cache: { url: 'rediss://cache:6379', identity: { cacheId: 'orders-us-east-2', user: 'service' } },
    config: { application: 'orders', environment: 'live', profile: 'service' },
    listen: { host: '0.0.0.0', port: 8080 },
  });
});

test('reads what the lab gives: a password file, and no signing in to a cache without TLS', () => {
  const environment = parseServiceEnvironment({
    ...GOOD,
    HOLDFAST_DATABASE_AUTH: 'file:/run/secret',
    HOLDFAST_CACHE_URL: 'redis://127.0.10.1:7000',
    HOLDFAST_TIME_SCALE: '10',
    HOLDFAST_LISTEN: '127.0.10.1:0',
  });
  expect(environment.database.authentication).toEqual({ kind: 'file', path: '/run/secret' });
  expect(environment.cache).toEqual({ url: 'redis://127.0.10.1:7000', identity: undefined });
  expect(environment.listen).toEqual({ host: '127.0.10.1', port: 0 });
});

test('an empty environment tells every problem at once', () => {
  const missing = Object.fromEntries(Object.keys(GOOD).map(name => [name, undefined]));
  const required = Object.keys(GOOD).filter(name => name !== 'HOLDFAST_CACHE_AUTH');
  expect(problemsOf(missing).sort()).toEqual([...required].sort());
});

test.each([
  ['HOLDFAST_LEASE_SECONDS', 'soon'],
  ['HOLDFAST_LEASE_MARGIN_SECONDS', '11'],
  ['HOLDFAST_TIME_SCALE', '11'],
  ['HOLDFAST_TIME_SCALE', '0'],
  ['HOLDFAST_DATABASE_PORT', '70000'],
  ['HOLDFAST_DATABASE_AUTH', 'password'],
  ['HOLDFAST_CACHE_URL', 'cache:6379'],
  ['HOLDFAST_CACHE_AUTH', 'iam:orders'],
  ['HOLDFAST_QUEUE_URL', 'orders-work'],
  ['HOLDFAST_CONFIG', 'orders/live'],
  ['HOLDFAST_LISTEN', '8080'],
  ['HOLDFAST_LOG_LEVEL', 'loud'],
])('refuses %s=%s', (name, value) => {
  expect(problemsOf({ [name]: value })).toEqual([name]);
});

test('the gate needs four names', () => {
  const parse = () => parseGateEnvironment({ AWS_REGION: 'us-east-2' });
  expect(parse).toThrow(/HOLDFAST_APPLICATION[\s\S]*HOLDFAST_REGISTER_TABLE[\s\S]*HOLDFAST_GATE_MEMORY/);
});
