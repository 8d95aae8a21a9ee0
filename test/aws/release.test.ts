import { systemClock } from '../../lib/clock';
import { releaseNames } from '../../lib/naming';
import { readMetrics } from '../../lib/runtime/release/aws-release-metrics';
import { RegionReleaseClients } from '../../lib/runtime/release/aws-release-region';
import { dynamoReleaseTable } from '../../lib/runtime/release/aws-release-store';
import { awsReleaseTarget } from '../../lib/runtime/release/aws-release-target';
import type { ReleaseAction } from '../../lib/runtime/release/release-decision';
import { planOf } from '../release/plan';
import { FakeEndpoint, jsonError } from './fake-endpoint';

const EAST = 'us-east-2';
const NAMES = releaseNames('orders');
let endpoint: FakeEndpoint;
let lease: Record<string, unknown> | undefined;
const closing: { close(): void }[] = [];

beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
  lease = undefined;
  endpoint.replies = {
    GetItem: () => ({ body: lease === undefined ? {} : { Item: lease } }),
    PutItem: ({ json }) => {
      lease = json.Item as typeof lease;
      return { body: {} };
    },
    PutParameter: () => ({ body: { Version: 2 } }),
  };
});
afterEach(async () => {
  for (const each of closing.splice(0)) each.close();
  await endpoint.stop();
});

const connection = () => {
  const { endpoint: url, credentials } = endpoint.access();
  return { region: EAST, endpoint: url, credentials };
};

function targetOf() {
  const table = dynamoReleaseTable([connection()], NAMES.table);
  const { readItem } = table;
  const send = async () => undefined;
  const target = awsReleaseTarget({
    connections: [connection()],
    names: NAMES,
    clock: systemClock,
    readItem,
    send,
  });
  closing.push(table, target);
  return target;
}

const weights = (isBack: boolean): ReleaseAction => ({
  ...{ kind: 'weights', region: EAST, weights: { blue: 90, green: 10 } },
  isBack,
});
const act = (isBack: boolean) => targetOf().act(weights(isBack), planOf(), new AbortController().signal);
const heldBy = (kind: 'deploy' | 'shift') => ({
  ...{ token: { N: '3' }, expiresAt: { N: String(Date.now() + 60_000) } },
  ...{ holder: { S: 'somebody' }, kind: { S: kind } },
});

test('BP-12: weights are stored under the lease of shifts, for their one owner to carry out', async () => {
  await act(false);
  expect(endpoint.of('PutParameter').map(({ json }) => json)).toEqual([
    expect.objectContaining({
      Name: '/orders/live/weights',
      Value: '{"blue":90,"green":10}',
      Overwrite: true,
    }),
  ]);
  expect(endpoint.of('ModifyListener')).toEqual([]);
  // Given back: its token stays, and no holder.
  expect(lease).toMatchObject({ token: { N: '1' }, expiresAt: { N: '0' } });
  expect(lease).not.toHaveProperty('holder');
});

test.each(['deploy', 'shift'] as const)('the way forward waits for a %s that holds them', async kind => {
  lease = heldBy(kind);
  await expect(act(false)).rejects.toThrow(`the weights are held by the ${kind} somebody`);
  expect(endpoint.of('PutParameter')).toEqual([]);
});

test('the way back does not wait for a deploy', async () => {
  lease = heldBy('deploy');
  await act(true);
  expect(endpoint.of('PutParameter')).toHaveLength(1);
});

test('a lease that somebody else wrote in between is not taken', async () => {
  endpoint.replies.PutItem = () => jsonError('com.amazonaws#ConditionalCheckFailedException');
  await expect(act(false)).rejects.toThrow('the weights are held by somebody else');
  expect(endpoint.of('PutParameter')).toEqual([]);
});

test('periods that are over are read, errors of all kinds beside their requests; a period still open is left out', async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 26, 10, minute));
  const seconds = (minute: number) => at(minute).getTime() / 1000;
  const result = (Id: string, minutes: number[], Values: number[]) => ({
    ...{ Id, Timestamps: minutes.map(seconds), Values, StatusCode: 'Complete' },
  });
  endpoint.replies.GetMetricData = () => ({
    body: {
      MetricDataResults: [
        result('requests', [0, 1, 3], [100, 50, 9]),
        result('answers', [0], [2]),
        result('connections', [0], [1]),
        result('balancer', [0], [1]),
        result('latency', [0, 1], [0.2, 0.1]),
      ],
    },
  });
  const clients = new RegionReleaseClients(connection());
  closing.push(clients);
  const arn = (name: string) => `arn:aws:elasticloadbalancing:${EAST}:000000000000:${name}`;
  const arns = {
    loadBalancer: arn('loadbalancer/app/orders/1'),
    targetGroups: { blue: arn('targetgroup/orders-blue/2'), green: arn('targetgroup/orders-green/3') },
  };
  const request = { region: EAST, colour: 'green', from: at(0).getTime(), periodSeconds: 60 } as const;
  const read = await readMetrics(clients, arns, { ...request, to: at(3).getTime() + 30_000 });
  expect(read).toEqual([
    { at: at(0).getTime(), requests: 100, errors: 4, latencySeconds: 0.2 },
    { at: at(1).getTime(), requests: 50, errors: 0, latencySeconds: 0.1 },
  ]);
  const [sent] = endpoint.sent;
  expect(sent?.body).toContain('targetgroup/orders-green/3');
  expect(sent?.body).toContain('"app/orders/1"');
});
