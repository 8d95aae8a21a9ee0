import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock as clock } from '../../lib/clock';
import { type CheckStatus, type HealthCheck, HealthChecker } from '../../lib/lab/checks';
import { EndpointStatus, evaluate } from '../../lib/lab/checks/status';
import { waitFor } from '../../lib/lab/wait-for';

const check = (id: string, rest: Partial<HealthCheck> = {}): HealthCheck => ({
  id,
  type: 'HTTPS',
  host: `${id}.example.com`,
  interval: 10,
  failureThreshold: 2,
  inverted: false,
  disabled: false,
  children: [],
  healthThreshold: 0,
  ...rest,
});
const chain = check('chain', { type: 'CALCULATED', children: ['own', 'other'], healthThreshold: 2 });
const table = (...checks: HealthCheck[]) => new Map(checks.map(each => [each.id, each]));

describe('rules', () => {
  test('a status turns after as many equal looks in a row as the threshold says, both ways', () => {
    const status = new EndpointStatus();
    status.note(false, 2);
    status.note(true, 2);
    status.note(false, 2);
    expect(status.up).toBe(true);
    status.note(false, 2);
    expect(status.up).toBe(false);
    status.note(true, 2);
    expect(status.up).toBe(false);
    status.note(true, 2);
    expect(status.up).toBe(true);
  });

  test('before the first look a check is healthy and an inverted one unhealthy', () => {
    const checks = table(check('plain'), check('turned', { inverted: true }));
    expect(evaluate('plain', checks, new Map())).toBe(true);
    expect(evaluate('turned', checks, new Map())).toBe(false);
  });

  test('a disabled check is healthy before inversion, an unknown one healthy', () => {
    const checks = table(
      check('off', { disabled: true }),
      check('turned', { disabled: true, inverted: true }),
    );
    expect(['off', 'turned', 'never-heard-of'].map(id => evaluate(id, checks, new Map()))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test.each([
    [true, false, true],
    [true, true, false],
    [false, false, false],
    [false, true, false],
  ])('own gate %s and other gate %s make the chain %s', (own, other, expected) => {
    const checks = table(check('own'), check('other', { inverted: true }), chain);
    const endpoint = (passed: boolean) => {
      const status = new EndpointStatus();
      status.note(passed, 1);
      return status;
    };
    const endpoints = new Map([
      ['own', endpoint(own)],
      ['other', endpoint(other)],
    ]);
    expect(evaluate('chain', checks, endpoints)).toBe(expected);
  });
});

describe('at work', () => {
  let server: Server;
  let status = 200;
  let checker: HealthChecker;
  const seen = new Map<string, CheckStatus>();
  const eventually = (look: () => boolean) =>
    waitFor(look, { clock, timeout: 10_000, interval: 5, what: 'it' });

  beforeEach(async () => {
    status = 200;
    seen.clear();
    server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    checker = new HealthChecker({
      clock,
      timeScale: 1000,
      endpointOf: host => (host === 'own.example.com' ? { host: '127.0.0.1', port } : undefined),
      onStatus: (id, found) => void seen.set(id, found),
    });
  });
  afterEach(async () => {
    checker.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  test('a gate that turns turns its check and the chain over it, and back', async () => {
    checker.update([check('own'), check('other', { inverted: true }), chain]);
    await eventually(() => seen.get('chain')?.healthy === true);

    status = 503;
    await eventually(() => seen.get('chain')?.healthy === false);
    expect(seen.get('own')).toMatchObject({ healthy: false, detail: 'HTTP Status Code 503' });
    expect(seen.get('chain')?.detail).toBe('1 of 2 healthy, 2 needed');

    status = 302;
    await eventually(() => seen.get('chain')?.healthy === true);
  });

  test('a gate that refuses connections is unhealthy with the reason', async () => {
    checker.update([check('own')]);
    await eventually(() => seen.get('own')?.detail === 'HTTP Status Code 200');
    await new Promise(resolve => server.close(resolve));

    await eventually(() => seen.get('own')?.healthy === false);

    expect(seen.get('own')?.detail).toMatch(/ECONNREFUSED/);
    server = createServer().listen(0, '127.0.0.1');
  });

  test('a kind that the lab does not evaluate is healthy and says so', () => {
    checker.update([check('alarm', { type: 'CLOUDWATCH_METRIC' })]);
    expect(seen.get('alarm')).toMatchObject({ healthy: true, detail: 'not evaluated in the lab' });
  });
});
