import { RDSClient, SwitchoverGlobalClusterCommand } from '@aws-sdk/client-rds';
import { sendOnlyIf } from '../../lib/aws/clients';
import { FakeEndpoint, xmlError, xmlResult } from './fake-endpoint';

const EAST = 'us-east-2';
const WEST = 'us-west-2';
const arn = (region: string) => `arn:aws:rds:${region}:000000000000:cluster:orders-${region}`;

let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

const member = (region: string, writer: boolean) =>
  `<GlobalClusterMember><DBClusterArn>${arn(region)}</DBClusterArn><IsWriter>${writer}</IsWriter></GlobalClusterMember>`;

const globalCluster = (extra = '<Status>available</Status>') =>
  xmlResult(
    'DescribeGlobalClusters',
    `<GlobalClusters><GlobalClusterMember><GlobalClusterIdentifier>orders-global</GlobalClusterIdentifier>${extra}
     <GlobalClusterMembers>${member(EAST, true)}${member(WEST, false)}</GlobalClusterMembers>
     </GlobalClusterMember></GlobalClusters>`,
  );

const cluster = (status: string) =>
  xmlResult(
    'DescribeDBClusters',
    `<DBClusters><DBCluster><Status>${status}</Status></DBCluster></DBClusters>`,
  );

describe('the global database', () => {
  test('roles come from the Region asked, the status of a cluster from its own', async () => {
    endpoint.replies = {
      DescribeGlobalClusters: () => globalCluster(),
      DescribeDBClusters: sent => cluster(sent.region === EAST ? 'available' : 'upgrading'),
    };
    const state = await endpoint.cloud().databaseState(WEST, [EAST, WEST]);
    expect(state).toEqual({
      moving: false,
      members: [
        { region: EAST, clusterArn: arn(EAST), role: 'writer', status: 'available' },
        { region: WEST, clusterArn: arn(WEST), role: 'reader', status: 'upgrading' },
      ],
    });
    expect(endpoint.of('DescribeGlobalClusters').map(sent => sent.region)).toEqual([WEST]);
    expect(
      endpoint
        .of('DescribeDBClusters')
        .map(sent => sent.form.get('DBClusterIdentifier'))
        .sort(),
    ).toEqual(['orders-us-east-2', 'orders-us-west-2']);
  });

  test('asks no Region that was not named', async () => {
    endpoint.replies = { DescribeGlobalClusters: () => globalCluster() };
    await endpoint.cloud().databaseState(WEST, []);
    expect(endpoint.sent.map(sent => sent.region)).toEqual([WEST]);
  });

  test('a status that cannot be read is absent, not good', async () => {
    endpoint.replies = {
      DescribeGlobalClusters: () => globalCluster(),
      DescribeDBClusters: () => xmlError('AccessDenied', 403),
    };
    const state = await endpoint.cloud().databaseState(WEST, [WEST]);
    expect(state.members[1]).toEqual({ region: WEST, clusterArn: arn(WEST), role: 'reader' });
  });

  test.each([
    ['<Status>switching-over</Status>'],
    ['<Status>failing-over</Status>'],
    ['<Status>available</Status><FailoverState><Status>pending</Status></FailoverState>'],
  ])('%s is a move under way', async extra => {
    endpoint.replies = { DescribeGlobalClusters: () => globalCluster(extra) };
    expect((await endpoint.cloud().databaseState(WEST, [])).moving).toBe(true);
  });

  test('a switchover is asked of the Region of the writer and names the other cluster by its ARN', async () => {
    endpoint.replies = { SwitchoverGlobalCluster: () => xmlResult('SwitchoverGlobalCluster', '') };
    await endpoint.cloud().startSwitchover(EAST, arn(WEST), () => true);
    const [sent] = endpoint.sent;
    expect(sent?.region).toBe(EAST);
    expect(sent?.form.get('GlobalClusterIdentifier')).toBe('orders-global');
    expect(sent?.form.get('TargetDbClusterIdentifier')).toBe(arn(WEST));
  });

  test.each(['startSwitchover', 'startFailover'] as const)(
    '%s sends nothing once its sender may not send any more',
    async start => {
      const cloud = endpoint.cloud();
      await expect(cloud[start](WEST, arn(WEST), () => false)).rejects.toMatchObject({ code: 'refused' });
      expect(endpoint.sent).toEqual([]);
      expect(cloud.calls()).toHaveLength(1);
    },
  );

  test('whether it may be sent is asked after it was signed', async () => {
    const order: string[] = [];
    const { endpoint: url } = endpoint.access();
    const credentials = async () => {
      order.push('signed');
      return { accessKeyId: 'test', secretAccessKey: 'test' };
    };
    endpoint.replies = { SwitchoverGlobalCluster: () => xmlResult('SwitchoverGlobalCluster', '') };
    const client = new RDSClient({ region: EAST, endpoint: url, credentials, maxAttempts: 1 });
    const command = new SwitchoverGlobalClusterCommand({
      GlobalClusterIdentifier: 'orders-global',
      TargetDbClusterIdentifier: arn(WEST),
    });
    sendOnlyIf(command, () => order.push(`asked, ${endpoint.sent.length} sent`) > 0);
    await client.send(command);
    client.destroy();
    expect(order).toEqual(['signed', 'asked, 0 sent']);
    expect(endpoint.sent).toHaveLength(1);
  });
});

describe('replication lag', () => {
  const results = (points: Record<string, [secondsAgo: number, milliseconds: number][]>) => ({
    body: {
      MetricDataResults: Object.entries(points).map(([Id, values]) => ({
        Id,
        Timestamps: values.map(([ago]) => Math.round(Date.now() / 1000) - ago),
        Values: values.map(([, milliseconds]) => milliseconds),
        StatusCode: 'Complete',
      })),
    },
  });

  test('is the newest point, in seconds, with its age', async () => {
    endpoint.replies = {
      GetMetricData: () => results({ bysource: [[90, 900]], bycluster: [[30, 250]] }),
    };
    const lag = await endpoint.cloud().replicationLag(WEST, EAST);
    expect(lag?.seconds).toBe(0.25);
    expect(lag?.ageSeconds).toBeGreaterThan(28);
    expect(lag?.ageSeconds).toBeLessThan(35);
    expect(endpoint.sent[0]?.region).toBe(WEST);
    expect(endpoint.sent[0]?.body).toContain('"AuroraGlobalDBReplicationLag"');
    expect(endpoint.sent[0]?.body).toContain('"Value":"orders-us-west-2"');
  });

  test('that nobody measured is nothing, not zero', async () => {
    endpoint.replies = { GetMetricData: () => results({}) };
    expect(await endpoint.cloud().replicationLag(WEST, EAST)).toBeUndefined();
  });
});
