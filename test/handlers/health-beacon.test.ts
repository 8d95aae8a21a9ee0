import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BEACON } from '../../constructs/traffic/failover-beacon';
import type { handler } from '../../lib/handlers/health-beacon';
import { BEACON_METRIC, BEACON_NAMESPACE } from '../../lib/runtime/failover/beacon-metrics';

/** A stand-in for the CloudWatch of every Region; the signature says which one was meant. */
const world = { state: 'OK' as string | undefined, lost: '' };
const told: { region: string; value: number }[] = [];
let api: Server;
let printed: jest.SpyInstance;

beforeAll(async () => {
  api = createServer((message, response) => {
    let body = '';
    message.on('data', chunk => {
      body += chunk;
    });
    message.on('end', () => {
      const send = (status: number, value: object) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(value));
      const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(message.headers.authorization ?? '')?.[1] ?? '';
      const asked = JSON.parse(body);
      if (String(message.headers['x-amz-target']).endsWith('DescribeAlarms')) {
        const alarm = { AlarmName: 'deep', StateValue: world.state };
        return send(200, { MetricAlarms: region === 'us-east-2' && world.state ? [alarm] : [] });
      }
      if (region === world.lost) return send(500, { __type: 'InternalServiceFault' });
      expect(asked).toMatchObject({
        Namespace: BEACON_NAMESPACE,
        MetricData: [
          { MetricName: BEACON_METRIC, Dimensions: [{ Value: 'orders' }, { Value: 'us-east-2' }] },
        ],
      });
      told.push({ region, value: asked.MetricData[0].Value });
      return send(200, {});
    });
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-2',
    HOLDFAST_APPLICATION: 'orders',
    HOLDFAST_DEEP_HEALTH_ALARM: 'deep',
    HOLDFAST_LISTENERS: 'us-west-2,us-east-1',
  });
});
afterAll(() => api.close());
beforeEach(() => {
  told.length = 0;
  Object.assign(world, { state: 'OK', lost: '' });
  printed = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(() => printed.mockRestore());

const beatOnce = () =>
  jest.requireActual<{ handler: typeof handler }>('../../lib/handlers/health-beacon').handler();
const regions = () => told.map(({ region }) => region).sort();

test('tells every listener in its own Region, by the name that its alarm looks for', async () => {
  expect(BEACON).toEqual({ namespace: BEACON_NAMESPACE, metricName: BEACON_METRIC });
  expect(await beatOnce()).toEqual({ value: 1, unreached: [] });
  expect(regions()).toEqual(['us-east-1', 'us-west-2']);
  world.state = 'ALARM';
  expect(await beatOnce()).toEqual({ value: 0, unreached: [] });
  expect(told.slice(2).map(({ value }) => value)).toEqual([0, 0]);
});

test('a lost listener does not silence the others', async () => {
  world.lost = 'us-west-2';
  expect(await beatOnce()).toEqual({ value: 1, unreached: ['us-west-2'] });
  expect(regions()).toEqual(['us-east-1']);
});

test.each([{ state: 'INSUFFICIENT_DATA' }, { state: undefined }])(
  'what is unknown ($state) is not told: silence is for the listener to judge',
  async ({ state }) => {
    world.state = state;
    expect(await beatOnce()).toEqual({ unreached: [] });
    expect(told).toEqual([]);
  },
);
