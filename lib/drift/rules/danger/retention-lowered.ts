import type { DriftRule } from '../../classify/rule';
import { atPaths } from '../values';
import { lowered, switchedOff } from './lowered';

const TIMES = new Set([
  ...['BackupRetentionPeriod', 'RetentionInDays', 'MessageRetentionPeriod', 'RetentionPeriodHours'],
  ...['SnapshotRetentionLimit', 'DeleteAfterDays', 'RetentionPeriod', 'AutomatedSnapshotRetentionPeriod'],
  ...['RetentionPeriodInDays', 'ExpirationInDays', 'NoncurrentVersionExpirationInDays', 'MinRetentionDays'],
  ...['RecoveryPeriodInDays', 'PerformanceInsightsRetentionPeriod', 'PendingWindowInDays'],
]);
const SWITCHES = new Set([
  'PointInTimeRecoveryEnabled',
  'AutomaticBackups',
  'Status',
  'VersioningConfiguration',
]);

/** What is kept for a shorter time is gone when it is wanted. */
export const retentionLowered: DriftRule = {
  id: 'retention-lowered',
  class: 'danger',
  title: 'backups, logs or messages are kept for a shorter time, or not at all',
  why: 'what is older than the new time is deleted at once, and cannot be brought back',
  fix: 'keep the time; export what must go first',
  source: 'Amazon RDS, backup retention period; Amazon SQS, message retention period',
  judge: change => {
    const off = atPaths(
      change.differences.filter(
        each =>
          switchedOff(each, SWITCHES) &&
          /PointInTime|AutomaticBackups|VersioningConfiguration/.test(each.path),
      ),
      { why: 'what kept older states is switched off' },
    );
    const gone = atPaths(
      change.differences.filter(
        ({ path, before, after }) =>
          /(?:VersioningConfiguration|PointInTimeRecoverySpecification)$/.test(path) &&
          before !== undefined &&
          after === undefined,
      ),
      { why: 'what kept older states is taken away' },
    );
    const isOver = change.action === 'create' || change.action === 'delete';
    return isOver
      ? undefined
      : [...lowered(change, TIMES), ...[off, gone].filter(each => each !== undefined)];
  },
};
