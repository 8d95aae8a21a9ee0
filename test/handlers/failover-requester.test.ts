import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { handler } from '../../lib/handlers/failover-requester';

type Item = Record<string, { S?: string; N?: string }>;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const text = (time: Date) => ({ S: time.toISOString() });

/** A stand-in for DynamoDB, CloudWatch and this Region's own `/readyz`. */
const world = {
  items: new Map<string, Item>(),
  alarms: [] as object[],
  ready: { status: 200, body: { ready: true, role: 'standby' } as object },
  dead: false,
  /** What happens elsewhere after this controller has read and before it writes. */
  beforeWrite: undefined as (() => void) | undefined,
};
let api: Server;
const lines: string[] = [];
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
      const action = String(message.headers['x-amz-target']).split('.')[1];
      if (message.url === '/readyz') return send(world.ready.status, world.ready.body);
      if (world.dead) return send(500, { __type: 'InternalServerError' });
      const asked = JSON.parse(body);
      if (action === 'DescribeAlarms') return send(200, { MetricAlarms: world.alarms });
      if (action === 'GetItem') return send(200, { Item: world.items.get(asked.Key.pk.S) });
      world.beforeWrite?.();
      const last = world.items.get(asked.Item.pk.S);
      const expected = asked.ExpressionAttributeValues?.[':at']?.S;
      const holds =
        asked.ConditionExpression === 'attribute_not_exists(pk)'
          ? last === undefined
          : asked.ConditionExpression === '#at = :at' && last?.requestedAt?.S === expected;
      if (!holds) return send(400, { __type: 'ConditionalCheckFailedException' });
      world.items.set(asked.Item.pk.S, asked.Item);
      return send(200, {});
    });
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-west-2',
    HOLDFAST_APPLICATION: 'orders',
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_WATCHED_REGION: 'us-east-2',
    HOLDFAST_DEEP_HEALTH_ALARM: 'deep',
    HOLDFAST_OUTSIDE_ALARM: 'outside',
    HOLDFAST_READINESS_URL: `${url}/readyz`,
    HOLDFAST_DAMPING_SECONDS: '300',
    HOLDFAST_COOL_DOWN_SECONDS: '3600',
  });
});
afterAll(() => api.close());

beforeEach(() => {
  lines.length = 0;
  printed = jest.spyOn(process.stdout, 'write').mockImplementation(line => {
    lines.push(String(line));
    return true;
  });
  world.dead = false;
  world.beforeWrite = undefined;
  world.ready = { status: 200, body: { ready: true, role: 'standby' } };
  world.items = new Map([
    [
      'register',
      {
        epoch: { N: '4' },
        phase: { S: 'active' },
        region: { S: 'us-east-2' },
        updatedAt: text(minutesAgo(120)),
      },
    ],
  ]);
  const since = minutesAgo(6).getTime() / 1000;
  world.alarms = ['deep', 'outside'].map(AlarmName => ({
    AlarmName,
    StateValue: 'ALARM',
    StateTransitionedTimestamp: since,
  }));
});
afterEach(() => printed.mockRestore());

const look = () =>
  jest.requireActual<{ handler: typeof handler }>('../../lib/handlers/failover-requester').handler();

/** What the last look told CloudWatch. */
function metrics(): Record<string, unknown> {
  const line = lines.findLast(each => each.includes('_aws')) ?? '{}';
  const { FailoverConsidered, FailoverRequested, Application, WatchedRegion } = JSON.parse(line);
  return { FailoverConsidered, FailoverRequested, Application, WatchedRegion };
}

test('a lost Region: one request for its epoch, an open page, and the register as it was', async () => {
  const before = structuredClone(world.items.get('register'));
  expect(await look()).toMatchObject({ kind: 'request' });
  expect(world.items.get('failover-request')).toMatchObject({
    from: { S: 'us-east-2' },
    to: { S: 'us-west-2' },
    epoch: { N: '4' },
    because: { S: expect.stringMatching(/^deep bad since .*; outside bad since /) },
  });
  const open = {
    FailoverConsidered: 1,
    FailoverRequested: 1,
    Application: 'orders',
    WatchedRegion: 'us-east-2',
  };
  expect(metrics()).toEqual(open);

  expect(await look()).toMatchObject({ kind: 'wait', open: true });
  expect(metrics()).toEqual(open);
  expect(world.items.get('register')).toEqual(before);

  world.items.set('register', { ...before, epoch: { N: '5' }, phase: { S: 'fencing' } } as Item);
  await look();
  expect(metrics()).toMatchObject({ FailoverRequested: 0 });
});

test.each<[string, () => void, RegExp]>([
  [
    'no API of this Region answers',
    () => {
      world.dead = true;
    },
    /register unreadable/,
  ],
  [
    'a drill holds its lock',
    () => world.items.set('drill-lock', { heartbeatAt: text(minutesAgo(0)), leaseSeconds: { N: '60' } }),
    /a drill is running/,
  ],
  ['a lock is damaged', () => world.items.set('drill-lock', {}), /a drill is running/],
  ['an alarm is gone', () => world.alarms.pop(), /outside is unknown/],
  [
    'an alarm has no data',
    () => {
      world.alarms = world.alarms.map(alarm => ({ ...alarm, StateValue: 'INSUFFICIENT_DATA' }));
    },
    /deep is unknown/,
  ],
  [
    'this Region takes itself for the active one',
    () => {
      world.ready.body = { ready: true, role: 'active' };
    },
    /us-west-2 is not ready/,
  ],
  [
    'it is not ready',
    () => {
      world.ready = { status: 503, body: { ready: false, role: 'standby' } };
    },
    /not ready/,
  ],
])('waits, writes nothing and still tells that it looked, when %s', async (_what, change, reason) => {
  change();
  expect(await look()).toMatchObject({ kind: 'wait', reason: expect.stringMatching(reason) });
  expect(world.items.has('failover-request')).toBe(false);
  expect(metrics()).toMatchObject({ FailoverConsidered: 1, FailoverRequested: 0 });
});

test('a request in the place of an old one, and none where another controller was faster', async () => {
  const old = { epoch: { N: '3' }, requestedAt: text(minutesAgo(600)) };
  world.items.set('failover-request', old);
  expect(await look()).toMatchObject({ kind: 'request' });
  expect(world.items.get('failover-request')).toMatchObject({ epoch: { N: '4' } });

  world.items.set('failover-request', old);
  const theirs = { epoch: { N: '4' }, requestedAt: text(minutesAgo(0)), to: { S: 'us-east-1' } };
  world.beforeWrite = () => world.items.set('failover-request', theirs);
  await look();
  expect(world.items.get('failover-request')).toBe(theirs);
  expect(metrics()).toMatchObject({ FailoverRequested: 0 });
});

test('a lock whose heartbeat is older than its lease holds nobody back', async () => {
  world.items.set('drill-lock', { heartbeatAt: text(minutesAgo(5)), leaseSeconds: { N: '60' } });
  expect(await look()).toMatchObject({ kind: 'request' });
});
