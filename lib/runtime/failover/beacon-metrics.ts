import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { limited } from '../limit';

/** Namespace of what Regions tell each other; a role that tells may write nothing else. */
export const BEACON_NAMESPACE = 'Holdfast/Beacon';
/** Metric of a Region's deep health: 1 good, 0 bad. */
export const BEACON_METRIC = 'DeepHealth';

/** Who tells. */
export interface BeaconMetricsOptions {
  readonly application: string;
  /** Region whose health it is. */
  readonly region: string;
  readonly endpointUrl?: string;
  /** A call that takes longer fails, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Writes a Region's deep health into the CloudWatch of other Regions; a client for each, made once. */
export function beaconMetrics(
  options: BeaconMetricsOptions,
): (listener: string, value: 0 | 1) => Promise<void> {
  const clients = new Map<string, CloudWatchClient>();
  const Dimensions = [
    { Name: 'Application', Value: options.application },
    { Name: 'Region', Value: options.region },
  ];
  return async (listener, Value) => {
    const client = clients.get(listener) ?? makeClient(listener, options);
    clients.set(listener, client);
    const command = new PutMetricDataCommand({
      Namespace: BEACON_NAMESPACE,
      MetricData: [{ MetricName: BEACON_METRIC, Dimensions, Value, Unit: 'Count' }],
    });
    await limited(options.timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
  };
}

function makeClient(region: string, options: BeaconMetricsOptions): CloudWatchClient {
  return new CloudWatchClient({
    region,
    endpoint: options.endpointUrl,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: options.timeoutMilliseconds },
  });
}
