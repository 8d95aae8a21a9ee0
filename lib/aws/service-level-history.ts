import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricDataQuery,
  type MetricStat,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { HoldfastError } from '../errors';
import { serviceLevelAlarmName } from '../naming';
import { ask, Connection, type ConnectionOptions } from './clients';

/** What was counted of a level in a Region. */
export interface LevelCounts {
  readonly counts: readonly { readonly at: string; readonly total: number; readonly bad: number }[];
}

/** Reads what a level counted. */
export interface LevelReader {
  /**
   * Counts of whole pieces of time from `from` on, oldest first. What is counted is read off the level's own alarm, so that
   * the report and the page never speak of different things.
   * @throws HoldfastError `not-found` when the Region has no alarm of the level; `unavailable` or `refused` as it answers
   */
  counts(
    region: string,
    level: string,
    period: { readonly from: Date; readonly to: Date; readonly stepSeconds: number },
  ): Promise<LevelCounts>;
  close(): void;
}

/** Reads from CloudWatch. Nothing is connected before the first call. */
export function createLevelReader(
  options: ConnectionOptions & { readonly application: string },
): LevelReader {
  const connection = new Connection(options);
  return {
    counts: (region, level, { from, to, stepSeconds }) =>
      ask(`reading the service level ${level} in ${region}`, async () => {
        const client = connection.client(CloudWatchClient, region);
        const stats = await statsOf(
          client,
          `${serviceLevelAlarmName(options.application, level, 'fast')}-long`,
          region,
        );
        const queries = queriesOf(stats, stepSeconds);
        const series = await read(client, queries, from, to);
        return { counts: countsOf(series) };
      }),
    close: () => connection.close(),
  };
}

type Stats = readonly { readonly id: string; readonly stat: MetricStat }[];

/** The metrics of a level, by the ids that `eventIndicator` and `valueIndicator` give them. */
async function statsOf(client: CloudWatchClient, name: string, region: string): Promise<Stats> {
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  const stats = (MetricAlarms[0]?.Metrics ?? []).flatMap(({ Id = '', MetricStat }) =>
    MetricStat === undefined ? [] : [{ id: Id, stat: MetricStat }],
  );
  if (stats.length > 0) return stats;
  throw new HoldfastError('not-found', `${region} has no alarm ${name}: deploy its operations stack`);
}

function queriesOf(stats: Stats, Period: number): readonly MetricDataQuery[] {
  const queries = stats.map(({ id, stat }) => ({ Id: id, MetricStat: { ...stat, Period } }));
  const good = stats.find(({ id }) => id === 'good');
  return good === undefined
    ? queries
    : [...queries, { Id: 'samples', MetricStat: { ...good.stat, Period, Stat: 'SampleCount' } }];
}

type Series = ReadonlyMap<string, ReadonlyMap<string, number>>;

async function read(
  client: CloudWatchClient,
  MetricDataQueries: readonly MetricDataQuery[],
  from: Date,
  to: Date,
): Promise<Series> {
  const series = new Map<string, Map<string, number>>();
  const input = {
    MetricDataQueries: [...MetricDataQueries],
    StartTime: from,
    EndTime: to,
    ScanBy: 'TimestampAscending' as const,
  };
  for await (const page of paginateGetMetricData({ client }, input)) {
    for (const { Id = '', Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
      if (StatusCode === 'InternalError' || StatusCode === 'Forbidden')
        throw new HoldfastError('unavailable', `CloudWatch answered ${StatusCode} for ${Id}`);
      const values = series.get(Id) ?? new Map<string, number>();
      for (const [index, at] of Timestamps.entries()) values.set(at.toISOString(), Values[index] ?? 0);
      series.set(Id, values);
    }
  }
  return series;
}

/** Pieces without events have no data, and none are made up for them. */
function countsOf(series: Series): LevelCounts['counts'] {
  const [total, of] = series.has('samples')
    ? [
        series.get('samples'),
        (at: string, all: number) => (all * (100 - (series.get('good')?.get(at) ?? 100))) / 100,
      ]
    : [series.get('total'), (at: string) => badAt(series, at)];
  return [...(total ?? [])]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([at, all]) => ({ at, total: all, bad: Math.min(all, of(at, all)) }));
}

const badAt = (series: Series, at: string): number =>
  [...series]
    .filter(([id]) => id.startsWith('bad'))
    .reduce((sum, [, values]) => sum + (values.get(at) ?? 0), 0);
