import type { Json } from '../../model';
import { holdsAt, isEmpty, named, shown, terraformDanger } from '../tf-values';
import { numberOf } from '../values';

const LENGTHS = new Set([
  ...['backup_retention_period', 'retention_in_days', 'snapshot_retention_limit', 'retention_period'],
  ...['message_retention_seconds', 'automated_snapshot_retention_period', 'retention_days'],
  ...['automatic_backup_retention_days', 'deletion_window_in_days', 'recovery_window_in_days'],
  ...[
    'delete_after',
    'min_retention_days',
    'performance_insights_retention_period',
    'recovery_period_in_days',
  ],
]);
const SWITCHES = new Set(['enabled']);

/** What is kept for a shorter time is gone when it is needed. */
export const tfRetentionLowered = terraformDanger({
  id: 'tf-retention-lowered',
  title: 'something is kept for a shorter time, in a Terraform plan',
  why: 'backups, messages and logs older than that are deleted at once, and no later plan brings them back',
  fix: 'keep the length, or copy away what is still needed first',
  source: 'Amazon RDS, backup retention period; Amazon CloudWatch Logs, PutRetentionPolicy',
  judge: change => {
    if (change.action === 'create') return undefined;
    const shorter = named(change, LENGTHS).filter(({ path, before, after }) => {
      // Log groups write "for ever" as 0.
      const zeroIsForever = path.endsWith('retention_in_days');
      const length = (value: Json | undefined) =>
        zeroIsForever && !value ? Number.POSITIVE_INFINITY : numberOf(value ?? 0);
      return length(after) < length(before);
    });
    const recovery = named(change, SWITCHES).filter(
      ({ path, before, after }) => /point_in_time_recovery/.test(path) && before === true && after !== true,
    );
    const whole = change.differences.filter(
      ({ path, before, after, unknownAfter }) =>
        path === 'point_in_time_recovery' && !isEmpty(before) && isEmpty(after) && unknownAfter !== true,
    );
    return holdsAt([...shorter, ...recovery, ...whole], each => ({
      why: `${each.path} goes from ${shown(each.before, each)} to ${shown(each.after, each)}`,
    }));
  },
});
