import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../lib/runtime/clock';
import { jsonLogger, silentLogger } from '../../lib/runtime/telemetry/logger';
import { serviceFlags } from '../../lib/service/service-flags';

let document = '';
let asked = 0;
/** AppConfig's data API, as far as a reader of one profile sees it. */
const appConfig = http.createServer((request, response) => {
  if (request.method === 'POST') {
    response.writeHead(201, { 'content-type': 'application/json' });
    return void response.end('{"InitialConfigurationToken":"t"}');
  }
  asked += 1;
  const headers = { 'Next-Poll-Configuration-Token': 't', 'Next-Poll-Interval-In-Seconds': '15' };
  response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(document);
});
const stops: AbortController[] = [];
/** Log lines. */
const told: string[] = [];

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  await new Promise<void>(resolve => appConfig.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const stop of stops) stop.abort();
  appConfig.closeAllConnections();
  await new Promise(resolve => appConfig.close(resolve));
});

/** Flags once the document was answered, whatever came of it. */
async function flagsOf(text: string) {
  document = text;
  asked = 0;
  const flags = serviceFlags(
    {
      region: 'us-east-2',
      endpointUrl: `http://localhost:${(appConfig.address() as AddressInfo).port}`,
      timeScale: 10,
      flags: { application: 'orders', environment: 'live', profile: 'flags' },
    },
    systemClock,
    jsonLogger({ clock: systemClock, write: line => void told.push(line), base: {} }),
  );
  const stop = new AbortController();
  stops.push(stop);
  void flags.run(stop.signal);
  // The second question is put after the first answer was taken or refused.
  while (asked < 2) await systemClock.sleep(10);
  return flags.value;
}

test('flags of a profile are evaluated here; without a profile each is as the code says', async () => {
  const flags = await flagsOf('{"orders-fan-out":{"enabled":true,"atOnce":3}}');
  expect([flags.isOn('orders-fan-out', false), flags.attribute('orders-fan-out', 'atOnce', 9)]).toEqual([
    true,
    3,
  ]);
  const environment = { region: 'us-east-2', timeScale: 1 };
  expect(serviceFlags(environment, systemClock, silentLogger).value.isOn('orders-fan-out', true)).toBe(true);
});

test('BP-27: a state in quotes is no document; a rule that is not evaluated here leaves the default, and is told', async () => {
  expect((await flagsOf('{"orders-fan-out":{"enabled":"False"}}')).isOn('orders-fan-out', true)).toBe(true);
  const some = { name: 'some', enabled: true, rule: '(split pct::10 by::$region)' };
  const document = { 'orders-fan-out': { _variants: [some, { name: 'rest', enabled: false }] } };
  told.splice(0);
  expect((await flagsOf(JSON.stringify(document))).isOn('orders-fan-out', true)).toBe(false);
  expect(told.map(line => JSON.parse(line))).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      message: 'flags.rules-not-evaluated',
      rules: ['/orders-fan-out/_variants/0/rule: asks for split, which is not evaluated here'],
    }),
  );
});
