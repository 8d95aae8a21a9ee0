import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { limited } from '../limit';
import type { FailoverSignal } from './failover-request';

/** Where the alarms are. */
export interface AlarmSignalOptions {
  readonly region: string;
  readonly endpointUrl?: string;
  /** A call that takes longer fails, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Reads alarms of the own Region as signals; an alarm that is not there is unknown. */
export function alarmSignals(
  options: AlarmSignalOptions,
): (names: readonly string[]) => Promise<FailoverSignal[]> {
  const client = new CloudWatchClient({
    region: options.region,
    endpoint: options.endpointUrl,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: options.timeoutMilliseconds },
  });
  return async names => {
    const command = new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm'] });
    const { MetricAlarms = [] } = await limited(options.timeoutMilliseconds, abortSignal =>
      client.send(command, { abortSignal }),
    );
    return names.map(name =>
      toSignal(
        name,
        MetricAlarms.find(alarm => alarm.AlarmName === name),
      ),
    );
  };
}

/** Without data an alarm knows nothing; what silence means is the alarm's own setting. */
function toSignal(name: string, alarm: MetricAlarm | undefined): FailoverSignal {
  const since = alarm?.StateTransitionedTimestamp?.getTime();
  if (alarm?.StateValue === 'ALARM') return { name, state: 'bad', since };
  return { name, state: alarm?.StateValue === 'OK' ? 'good' : 'unknown', since };
}
