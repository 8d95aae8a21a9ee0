import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { clusterIdentifier } from '../naming';
import type { ReplicationLag } from '../ports';
import { ask, type Connection } from './clients';

const METRIC = 'AuroraGlobalDBReplicationLag';
const PERIOD_SECONDS = 60;
const WINDOW_SECONDS = 600;

/**
 * The newest `AuroraGlobalDBReplicationLag` of the secondary Region (Aurora guide, cluster-level metrics: published
 * in secondary Regions, in milliseconds), with the writer's Region as a dimension or without.
 */
export async function replicationLag(
  connection: Connection,
  options: { readonly scope: string; readonly region: string; readonly writerRegion: string },
): Promise<ReplicationLag | undefined> {
  const { scope, region, writerRegion } = options;
  const cluster = { Name: 'DBClusterIdentifier', Value: clusterIdentifier(scope, region) };
  const now = connection.clock.now().getTime();
  const answer = await ask(`reading the replication lag in ${region}`, () =>
    connection.client(CloudWatchClient, region).send(
      new GetMetricDataCommand({
        StartTime: new Date(now - WINDOW_SECONDS * 1000),
        EndTime: new Date(now + PERIOD_SECONDS * 1000),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          query('bysource', [cluster, { Name: 'SourceRegion', Value: writerRegion }]),
          query('bycluster', [cluster]),
        ],
      }),
    ),
  );
  const points = (answer.MetricDataResults ?? []).flatMap(({ Timestamps = [], Values = [] }) =>
    Timestamps.map((timestamp, index) => ({ at: timestamp.getTime(), milliseconds: Values[index] ?? 0 })),
  );
  const newest = points.sort((a, b) => b.at - a.at)[0];
  return newest === undefined
    ? undefined
    : { seconds: newest.milliseconds / 1000, ageSeconds: Math.max(0, (now - newest.at) / 1000) };
}

function query(id: string, dimensions: { Name: string; Value: string }[]): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: { Namespace: 'AWS/RDS', MetricName: METRIC, Dimensions: dimensions },
      Period: PERIOD_SECONDS,
      Stat: 'Maximum',
    },
  };
}
