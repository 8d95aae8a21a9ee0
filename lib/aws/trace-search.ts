import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  paginateDescribeLogGroups,
  type ResultField,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { HoldfastError } from '../errors';
import { ask, Connection, type ConnectionOptions } from './clients';

/** A line as CloudWatch Logs holds it. */
export interface FoundLine {
  readonly stream: string;
  readonly text: string;
}

/** Searches the logs of an application. */
export interface LogSearch {
  /**
   * Lines of a Region that hold the id, at most 10,000, and how many log groups were searched.
   * @throws HoldfastError `not-found` without a log group; `unavailable` when the query fails or does not end
   */
  find(
    region: string,
    id: string,
    period: { readonly from: Date; readonly to: Date },
  ): Promise<{ readonly groups: number; readonly lines: readonly FoundLine[] }>;
  close(): void;
}

/** Most log groups that one query may name. Source: the quotas of CloudWatch Logs Insights. */
const MOST_GROUPS = 50;
/** Most lines that a query gives back. */
const MOST_LINES = 10_000;
const PATIENCE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 1_000;

/** Searches with CloudWatch Logs Insights. The id must be free of quotes and slashes: it stands in a query. */
export function createLogSearch(options: ConnectionOptions & { readonly application: string }): LogSearch {
  const connection = new Connection(options);
  return {
    find: (region, id, period) =>
      ask(`searching the logs of ${region}`, async () => {
        const client = connection.client(CloudWatchLogsClient, region);
        const groups = await groupsOf(client, `${options.application}-`);
        if (groups.length === 0)
          throw new HoldfastError('not-found', `${region} has no log group of ${options.application}`);
        const chunks = Array.from({ length: Math.ceil(groups.length / MOST_GROUPS) }, (_, index) =>
          groups.slice(index * MOST_GROUPS, (index + 1) * MOST_GROUPS),
        );
        const found = await Promise.all(chunks.map(names => query(client, connection, names, id, period)));
        return { groups: groups.length, lines: found.flat() };
      }),
    close: () => connection.close(),
  };
}

/** Log groups that CloudFormation named after a stack of the application. */
async function groupsOf(
  client: CloudWatchLogsClient,
  logGroupNamePrefix: string,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix }))
    names.push(
      ...logGroups.flatMap(({ logGroupName }) => (logGroupName === undefined ? [] : [logGroupName])),
    );
  return names;
}

async function query(
  client: CloudWatchLogsClient,
  { clock }: Connection,
  logGroupNames: readonly string[],
  id: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly FoundLine[]> {
  const { queryId } = await client.send(
    new StartQueryCommand({
      logGroupNames: [...logGroupNames],
      startTime: Math.floor(from.getTime() / 1000),
      endTime: Math.ceil(to.getTime() / 1000),
      queryString: `fields @message, @logStream | filter strcontains(@message, "${id}") | sort @timestamp asc | limit ${MOST_LINES}`,
    }),
  );
  const until = clock.monotonic() + PATIENCE_MILLISECONDS;
  for (;;) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    if (status === 'Complete') return results.map(lineOf);
    if (status !== 'Scheduled' && status !== 'Running')
      throw new HoldfastError('unavailable', `the query ended as ${status}`);
    if (clock.monotonic() > until) {
      await client.send(new StopQueryCommand({ queryId })).catch(() => undefined);
      throw new HoldfastError('unavailable', 'the query did not end within a minute; search a shorter time');
    }
    await clock.sleep(POLL_MILLISECONDS);
  }
}

function lineOf(fields: readonly ResultField[]): FoundLine {
  const value = (name: string) => fields.find(({ field }) => field === name)?.value ?? '';
  return { stream: value('@logStream'), text: value('@message') };
}
