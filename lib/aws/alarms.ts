import {
  CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { isHalfOfAlarm } from '../naming';
import type { AlarmState } from '../ports';
import { ask, type Connection } from './clients';

const STATES: Readonly<Record<string, AlarmState['state']>> = { OK: 'ok', ALARM: 'alarm' };

/**
 * Alarms whose names begin with the application's, metric and composite alike, but for those that only turn a scaling
 * policy, and those that are one window of a service level: a group with nothing to do keeps its scale-in alarm in ALARM for as long as it is quiet.
 */
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
        if (onlyScales(alarm) || isHalfOfAlarm(alarm.AlarmName ?? '')) continue;
        found.push({ name: alarm.AlarmName ?? '', state: STATES[alarm.StateValue ?? ''] ?? 'unknown' });
      }
    }
    return found;
  });
}

function onlyScales(alarm: MetricAlarm | CompositeAlarm): boolean {
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = alarm;
  const actions = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return actions.length > 0 && actions.every(action => /^arn:[^:]+:autoscaling:/.test(action));
}
