import { systemClock as clock } from '../../lib/clock';
import { HoldfastError } from '../../lib/errors';
import { type DatabaseMove, GatewayState } from '../../lib/lab/gateway';
import type { GlobalDatabase } from '../../lib/lab/postgres';
import { DatabaseFollower, type RegionClients } from '../../lib/lab/reconciler';
import { waitFor } from '../../lib/lab/wait-for';

const move: DatabaseMove = {
  globalCluster: 'orders-global',
  kind: 'switchover',
  fromArn: 'arn:aws:rds:us-east-2:000000000000:cluster:orders-us-east-2',
  toArn: 'arn:aws:rds:us-west-2:000000000000:cluster:orders-us-west-2',
  fromRegion: 'us-east-2',
  toRegion: 'us-west-2',
  startedAt: '2026-11-25T10:00:00.000Z',
};
const eventually = (look: () => boolean) => waitFor(look, { clock, timeout: 5000, interval: 5, what: 'it' });

function world(
  change: (kind: string, region: string) => Promise<void>,
  lags: Record<string, number | undefined> = {},
) {
  const done: string[] = [];
  const published: { region: string; data: unknown }[] = [];
  const state = new GatewayState();
  const database = {
    switchover: (region: string) =>
      change('switchover', region).then(() => void done.push(`switchover ${region}`)),
    failover: (region: string) => change('failover', region).then(() => void done.push(`failover ${region}`)),
    rejoin: async () =>
      void done.push(`rejoin, move ${state.databaseMove('orders-global') ? 'open' : 'done'}`),
    observe: async () => undefined,
    status: () => Object.entries(lags).map(([region, lag]) => ({ region, lag })),
  } as unknown as GlobalDatabase;
  const clients = new Map(
    Object.keys(lags).map(region => [
      region,
      {
        cloudWatch: {
          send: async ({ input }: { input: unknown }) => void published.push({ region, data: input }),
        },
      } as unknown as RegionClients,
    ]),
  );
  const abandonDatabaseMove = async (name: string) => {
    done.push(`abandon ${name}`);
    state.completeDatabaseMove(name);
  };
  const gateway = { state, abandonDatabaseMove };
  const output = { emit: () => undefined };
  const follower = new DatabaseFollower({ scope: 'orders', database, gateway, clients, clock, output });
  return { follower, state, done, published };
}

test('a switchover is done, then reported, and only then does the old writer rejoin', async () => {
  const { follower, state, done } = world(async () => undefined);
  state.beginDatabaseMove(move);
  await eventually(() => done.length === 2);
  expect(done).toEqual(['switchover us-west-2', 'rejoin, move done']);
  await follower.stop();
});

test('a failover does not ask the old writer', async () => {
  const { follower, state, done } = world(async () => undefined);
  state.beginDatabaseMove({ ...move, kind: 'failover' });
  await eventually(() => done.length === 2);
  expect(done[0]).toBe('failover us-west-2');
  await follower.stop();
});

test('a switchover that moved nothing gives the roles back', async () => {
  const { follower, state, done } = world(async () => {
    throw new HoldfastError('refused', 'us-west-2 does not follow');
  });
  state.beginDatabaseMove(move);
  await eventually(() => done.length === 1);
  expect(done).toEqual(['abandon orders-global']);
  await follower.stop();
});

test('a promotion whose end is unknown leaves the move open', async () => {
  const { follower, state, done } = world(async () => {
    throw new HoldfastError('timeout', 'waited 60 s for us-west-2 to become writable');
  });
  state.beginDatabaseMove(move);
  await follower.stop();
  expect(done).toEqual([]);
  expect(state.databaseMove('orders-global')).toBeDefined();
});

test('the lag is published by each secondary in milliseconds, and nothing where it is not known', async () => {
  const lags = { 'us-east-2': undefined, 'us-west-2': 40, 'eu-west-1': undefined };
  const { follower, published } = world(async () => undefined, lags);
  follower.start();
  await eventually(() => published.length > 0);
  await follower.stop();
  expect(published[0]).toMatchObject({
    region: 'us-west-2',
    data: {
      Namespace: 'AWS/RDS',
      MetricData: [
        {
          MetricName: 'AuroraGlobalDBReplicationLag',
          Dimensions: [{ Name: 'DBClusterIdentifier', Value: 'orders-us-west-2' }],
          Unit: 'Milliseconds',
          Value: 40,
        },
      ],
    },
  });
  expect(new Set(published.map(each => each.region))).toEqual(new Set(['us-west-2']));
});
