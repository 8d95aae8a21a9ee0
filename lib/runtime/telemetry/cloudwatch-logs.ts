import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { limited } from '../limit';
import type { PutLogEvents } from './log-delivery';

/** Where in CloudWatch Logs lines go. */
export interface CloudWatchLogsOptions {
  readonly region: string;
  /** A group that is there. */
  readonly logGroupName: string;
  /** Made when it is not there: one for each run of a process, by whose end it is told apart from the next. */
  readonly logStreamName: string;
  /** @default - the Region's own */
  readonly endpointUrl?: string;
  /** @default - a client of its own */
  readonly client?: Pick<CloudWatchLogsClient, 'send'>;
  /** A call that takes longer fails, in milliseconds. @default 3000 */
  readonly timeoutMilliseconds?: number;
}

/** Puts lines into CloudWatch Logs, which reads metrics in embedded format out of them. */
export function cloudWatchLogs(options: CloudWatchLogsOptions): PutLogEvents {
  const { region, logGroupName, logStreamName, endpointUrl: endpoint, timeoutMilliseconds = 3000 } = options;
  const client = options.client ?? new CloudWatchLogsClient({ region, endpoint, maxAttempts: 2 });
  const put: PutLogEvents = async events => {
    const logEvents = [...events];
    await limited(timeoutMilliseconds, abortSignal =>
      client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }), { abortSignal }),
    );
  };
  const create = () =>
    limited(timeoutMilliseconds, abortSignal =>
      client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }), { abortSignal }),
    );
  return async events => {
    try {
      await put(events);
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      await create().catch((failure: unknown) => {
        if (!(failure instanceof ResourceAlreadyExistsException)) throw failure;
      });
      await put(events);
    }
  };
}
