import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from '../ports';
import { ask, type Connection } from './clients';

const STATES: Readonly<Record<string, AlarmState['state']>> = { OK: 'ok', ALARM: 'alarm' };

/** Alarms whose names begin with the application's, metric and composite alike. */
export function alarms(
  connection: Connection,
  application: string,
  region: string,
): Promise<readonly AlarmState[]> {
  const client = connection.client(CloudWatchClient, region);
  return ask(`reading alarms in ${region}`, async () => {
    const found: AlarmState[] = [];
    const input = {
      AlarmNamePrefix: `${application}-`,
      AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const],
    };
    for await (const page of paginateDescribeAlarms({ client }, input)) {
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        found.push({ name: alarm.AlarmName ?? '', state: STATES[alarm.StateValue ?? ''] ?? 'unknown' });
      }
    }
    return found;
  });
}
