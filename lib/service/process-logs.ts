import { systemClock } from '../runtime/clock';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import { limited } from '../runtime/limit';
import type * as CloudWatchLogsModule from '../runtime/telemetry/cloudwatch-logs';
import { LogDelivery } from '../runtime/telemetry/log-delivery';

/** Longest that the end of a process waits for its last lines, in milliseconds. */
const LAST_LINES = 3000;

/** Lines of a process on their way to the log group that its environment names. */
export interface ProcessLogs {
  readonly take: (line: string) => void;
  /** Ends the delivery with what is left, within three seconds. Never rejects. */
  end(): Promise<void>;
}

/** Begins to deliver lines; without a log group they are on the standard output alone, where a function's are read. */
export function processLogs(
  environment: Pick<ServiceEnvironment, 'region' | 'instanceId' | 'logGroup'>,
  part: string,
  onChange: (problem: string | undefined) => void,
): ProcessLogs | undefined {
  const { region, instanceId, logGroup } = environment;
  if (logGroup === undefined) return undefined;
  // By `require`, so that the client is loaded only where there is a group.
  const { cloudWatchLogs } = require('../runtime/telemetry/cloudwatch-logs') as typeof CloudWatchLogsModule;
  const began = systemClock.now().toISOString().replaceAll(':', '-');
  const logStreamName = `${part}/${instanceId}/${began}`;
  const put = cloudWatchLogs({ region, logGroupName: logGroup, logStreamName });
  const delivery = new LogDelivery({ clock: systemClock, put, onChange });
  const stop = new AbortController();
  const running = delivery.run(stop.signal);
  return {
    take: delivery.take,
    async end() {
      stop.abort();
      await limited(LAST_LINES, signal => ended(running, signal)).catch(() => undefined);
    },
  };
}

/** Settles with the work, or rejects when the time is up. */
function ended(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('too late')), { once: true });
    work.then(resolve, reject);
  });
}
