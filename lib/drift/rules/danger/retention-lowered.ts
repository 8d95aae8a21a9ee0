import type { DriftRule, Judged } from '../../classify/rule';
import type { ResourceChange } from '../../model';
import { leavesOf } from '../leaves';
import { atLeaves, isTrue } from '../values';
import { deleting, isLifecycle } from './bucket-lifecycle';
import { lowered, switchedOff } from './lowered';

const TIMES = new Set([
  ...['BackupRetentionPeriod', 'RetentionInDays', 'MessageRetentionPeriod', 'RetentionPeriodHours'],
  ...['SnapshotRetentionLimit', 'DeleteAfterDays', 'RetentionPeriod', 'AutomatedSnapshotRetentionPeriod'],
  ...['RetentionPeriodInDays', 'ExpirationInDays', 'NoncurrentVersionExpirationInDays', 'MinRetentionDays'],
  ...['RecoveryPeriodInDays', 'PerformanceInsightsRetentionPeriod', 'PendingWindowInDays'],
]);
const SWITCHES = new Set(['PointInTimeRecoveryEnabled', 'AutomaticBackups', 'Status']);
const KEEPING = /PointInTime|AutomaticBackups|VersioningConfiguration|BackupPolicy/;
/** Types of which each one makes backups. */
const BACKUPS = ['AWS::Backup::BackupPlan', 'AWS::Backup::BackupSelection', 'AWS::DLM::LifecyclePolicy'];

/** What is kept for a shorter time is gone when it is wanted. */
export const retentionLowered: DriftRule = {
  id: 'retention-lowered',
  class: 'danger',
  title: 'backups, logs or messages are kept for a shorter time, or not at all',
  why: 'what is older than the new time is deleted at once, and cannot be brought back',
  fix: 'keep the time; export what must go first',
  apart: 'one Region keeps less than the other, or deletes sooner',
  source: 'Amazon RDS, backup retention period; Amazon SQS, message retention period',
  judge: change => {
    if (change.action === 'create') return undefined;
    if (change.action === 'delete' || change.action === 'forget') {
      return BACKUPS.includes(change.type) ? { holds: 'yes', why: 'it makes backups, and goes' } : undefined;
    }
    const off = atLeaves(
      leavesOf(change).filter(each => switchedOff(each, SWITCHES) && KEEPING.test(each.path)),
      { why: 'what kept older states is switched off' },
    );
    const times = lowered(change, TIMES).filter(({ paths }) => !paths?.some(isLifecycle));
    return [...times, ...[off, expiring(change), deleting(change)].filter(each => each !== undefined)];
  },
};

/** Items of a table that expire from now on. */
const expiring = (change: ResourceChange): Judged | undefined =>
  atLeaves(
    leavesOf(change).filter(
      ({ path, before, after }) =>
        path === 'Properties.TimeToLiveSpecification.Enabled' && isTrue(after) && !isTrue(before),
    ),
    { why: 'items expire from now on' },
  );
