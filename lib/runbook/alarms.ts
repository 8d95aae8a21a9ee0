import type { RunbookId } from './model';

/** Where an alarm leads: a runbook, and the step at which it begins. */
export interface AlarmStep {
  readonly runbook: RunbookId;
  readonly step: string;
}

/**
 * Where each alarm of the blueprint leads, by its name or the id under which its stack declares it. The first that matches
 * counts. A test holds that every alarm of the templates has one, and that every step that is named is there.
 */
const ALARMS: readonly (readonly [RegExp, RunbookId, string])[] = [
  [/-slo-|^Level-/, 'service-level', 'budget'],
  [/ReplicationLag/, 'stale-data', 'replication'],
  [/DeepHealth|PromisedCapacity/, 'slow-or-failing', 'targets'],
  [/GateErrors/, 'evacuate', 'look'],
  [/LiveSettingsErrors/, 'bad-release', 'weights'],
  [/CacheMemory|ShedRequests|^Errors|Latency|Connections/, 'slow-or-failing', 'changed'],
  [/StuckSagas|StalledSagas|StalledOrders|OldestMessage|Oldest|Backlog/, 'stuck-work', 'workers'],
  [/DeadLetter|Dead/, 'replay-queue', 'see'],
  [/StoppedProjections|ProjectionLag|CacheInvalidatorLag|AnalyticsDeliveryLag/, 'stale-data', 'projection'],
  [/Release|Rollout|Rollback|Update/, 'bad-release', 'weights'],
];

/** Where an alarm leads; nothing when nobody thought of it. */
export function stepOfAlarm(alarm: string): AlarmStep | undefined {
  const found = ALARMS.find(([form]) => form.test(alarm));
  return found === undefined ? undefined : { runbook: found[1], step: found[2] };
}
