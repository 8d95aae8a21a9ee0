import { holdsAt, isEmpty, named, shown, terraformDanger } from '../tf-values';

const ON = new Set([
  ...['deletion_protection', 'deletion_protection_enabled', 'enable_deletion_protection'],
  ...['disable_api_termination', 'disable_api_stop', 'termination_protection', 'protect_from_scale_in'],
  ...['copy_tags_to_snapshot', 'mfa_delete', 'object_lock_enabled', 'stream_enabled'],
]);
const OFF = new Set(['skip_final_snapshot', 'force_destroy', 'force_delete', 'delete_automated_backups']);
const VERSIONING = new Set(['status', 'enabled']);
/** Types of which each one is the protection of a bucket. */
const WHOLE = ['aws_s3_bucket_versioning', 'aws_s3_bucket_object_lock_configuration'];

/** What keeps a resource from being deleted, or brings it back. */
export const tfProtectionOff = terraformDanger({
  id: 'tf-protection-off',
  title: 'protection from deletion goes, in a Terraform plan',
  why: 'the next mistaken plan deletes what this one would have refused to',
  fix: 'keep the protection; take it off in a change of its own, right before the deletion that is meant',
  source: 'Terraform AWS provider, aws_rds_cluster; Amazon Aurora, deletion protection',
  judge: change => {
    if (change.action === 'create') return undefined;
    if (change.action === 'delete') {
      return WHOLE.includes(change.type)
        ? { holds: 'yes', why: 'what keeps former versions of the objects goes' }
        : undefined;
    }
    const isOn = (value: unknown) => value === true || value === 'ACTIVE' || value === 'Enabled';
    const lost = named(change, ON).filter(({ before, after }) => isOn(before) && !isOn(after));
    const loosened = named(change, OFF).filter(({ before, after }) => !isOn(before) && isOn(after));
    const versioning = change.type.startsWith('aws_s3_bucket')
      ? named(change, VERSIONING).filter(
          ({ path, before, after }) => path.includes('versioning') && isOn(before) && !isOn(after),
        )
      : [];
    return holdsAt([...lost, ...loosened, ...versioning], each => ({
      why: `${each.path} goes from ${shown(each.before, each)} to ${isEmpty(each.after) ? 'nothing' : shown(each.after, each)}`,
    }));
  },
});
