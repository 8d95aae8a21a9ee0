import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/telemetry/logger';

/** Units of CloudWatch that are used here. */
export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

/** Values by name, each with its unit. */
export type MetricValues = Readonly<Record<string, readonly [value: number, unit: MetricUnit]>>;

/** Where duties are counted. */
export interface LeaderMetricsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Pick<Logger, 'info'>;
  readonly application: string;
  readonly region: string;
}

/** Writes values as one line in CloudWatch's embedded metric format; each stands for the application in this Region. */
export function leaderMetrics(options: LeaderMetricsOptions): (values: MetricValues) => void {
  const { clock, logger, application: Application, region: Region } = options;
  return values => {
    const names = Object.entries(values);
    logger.info('metrics', {
      _aws: {
        Timestamp: clock.now().getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'Holdfast',
            Dimensions: [['Application', 'Region']],
            Metrics: names.map(([Name, [, Unit]]) => ({ Name, Unit })),
          },
        ],
      },
      ...{ Application, Region },
      ...Object.fromEntries(names.map(([name, [value]]) => [name, value])),
    });
  };
}
