import type { Json } from '../../model';
import { holdsAt, named, shown, terraformDanger } from '../tf-values';
import { numberOf } from '../values';
import { tfDeleting } from './tf-bucket-lifecycle';

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
/** Types of which each one makes backups. */
const BACKUPS = ['aws_backup_plan', 'aws_backup_selection', 'aws_dlm_lifecycle_policy'];

/** What is kept for a shorter time is gone when it is needed. */
export const tfRetentionLowered = terraformDanger({
  id: 'tf-retention-lowered',
  title: 'something is kept for a shorter time, in a Terraform plan',
  why: 'backups, messages and logs older than that are deleted at once, and no later plan brings them back',
  fix: 'keep the length, or copy away what is still needed first',
  source: 'Amazon RDS, backup retention period; Amazon CloudWatch Logs, PutRetentionPolicy',
  judge: change => {
    if (change.action === 'create') return tfDeleting(change);
    if (change.action === 'delete') {
      return BACKUPS.includes(change.type) ? { holds: 'yes', why: 'it makes backups, and goes' } : undefined;
    }
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
    const expiring = named(change, SWITCHES).filter(
      ({ path, before, after }) => /^ttl\b/.test(path) && before !== true && after === true,
    );
    const lengths = holdsAt([...shorter, ...recovery], each => ({
      why: `${each.path} goes from ${shown(each.before, each)} to ${shown(each.after, each)}`,
    }));
    const ends = holdsAt(expiring, () => ({ why: 'items expire from now on' }));
    return [...lengths, ...ends, ...tfDeleting(change)];
  },
});
