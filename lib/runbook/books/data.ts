import {
  backupVaultName,
  clusterIdentifier,
  dataKeyAlias,
  globalClusterIdentifier,
  stackName,
} from '../../naming';
import type { Book } from '../model';

/** Use the break-glass secret of a database, and close it after. */
export const promoteSecret: Book = ({ topology: { application }, region }) => ({
  title: `Use the database's break-glass secret in ${region}`,
  when: 'IAM sign-in does not work, and a person must get into the database',
  before: ['The secret names no host. Every use is seen in CloudTrail, and ends with a new password.'],
  steps: [
    {
      id: 'find',
      act: 'Find the secret and the endpoint.',
      owner: 'security',
      commands: [
        `aws cloudformation describe-stack-resources --region ${region} --stack-name ${stackName(application, 'data')}`,
        `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${clusterIdentifier(application, region)}`,
      ],
      expect: 'one secret; the endpoint of this Region alone',
    },
    {
      id: 'use',
      act: 'Read it, use it, and write down why.',
      owner: 'database owner',
      commands: [`aws secretsmanager get-secret-value --region ${region} --secret-id <secret>`],
      expect: 'two people know of it',
    },
    {
      id: 'close',
      act: 'Set a new password on the cluster that writes, then in the secret of each Region.',
      owner: 'security',
      commands: [
        `aws rds modify-db-cluster --region <active Region> --db-cluster-identifier ${application}-<active Region> --master-user-password <new> --apply-immediately`,
        `aws secretsmanager put-secret-value --region ${region} --secret-id <secret> --secret-string <new>`,
      ],
      expect: 'the old password is refused',
    },
  ],
});

/** A replica that is lost or was cut off by a failover. */
export const rebuildReplica: Book = ({ topology: { application }, region }) => ({
  title: `Rebuild the replica in ${region}`,
  when: `the global database has no healthy member in ${region}`,
  before: [
    'Aurora copies a former writer anew by itself after a failover; this is for when it did not.',
    'Nothing is deleted before its snapshot is there.',
  ],
  steps: [
    {
      id: 'state',
      act: 'See what the global database holds.',
      owner: 'database owner',
      commands: [
        `aws rds describe-global-clusters --region ${region} --global-cluster-identifier ${globalClusterIdentifier(application)}`,
      ],
      expect: 'members, roles and their state; nothing failing over',
    },
    {
      id: 'keep',
      act: 'Keep what the old cluster holds.',
      owner: 'database owner',
      commands: [
        `aws rds create-db-cluster-snapshot --region ${region} --db-cluster-identifier ${clusterIdentifier(application, region)} --db-cluster-snapshot-identifier ${application}-before-rebuild`,
      ],
      expect: 'available; what a failover lost is in it',
    },
    {
      id: 'detach',
      act: 'Detach the old cluster, rename it, and deploy the data stack, which adds a member anew.',
      owner: 'database owner',
      commands: [
        `aws rds remove-from-global-cluster --region ${region} --global-cluster-identifier ${globalClusterIdentifier(application)} --db-cluster-identifier <arn>`,
        `npx cdk deploy '${region}/data'`,
      ],
      expect: 'a member in this Region, and a lag that falls',
      otherwise: 'npx holdfast drift --help shows how to see what the stack lacks',
    },
    {
      id: 'verify',
      act: 'See that it could take over.',
      owner: 'on-call',
      commands: [`npx holdfast preflight --to ${region} --mode failback --target aws`],
      expect: 'exit 0',
    },
  ],
});

/** A key that may be known to others. */
export const rotateKey: Book = ({ topology: { application }, region }) => ({
  title: `Rotate the data key of ${region}`,
  when: 'once a year by itself; by hand when a grant of it may have been abused',
  before: ['Rotation changes the material and not the id: nothing is encrypted anew, and nothing stops.'],
  steps: [
    {
      id: 'rotate',
      act: 'Rotate now.',
      owner: 'security',
      commands: [
        `aws kms describe-key --region ${region} --key-id ${dataKeyAlias(application)}`,
        `aws kms rotate-key-on-demand --region ${region} --key-id <key id>`,
      ],
      expect: 'Enabled before and after',
    },
    {
      id: 'see',
      act: 'See that the Region could still take over.',
      owner: 'on-call',
      commands: [`npx holdfast preflight --to ${region} --target aws`],
      expect: 'the check "keys" is ok',
    },
  ],
});

/** Data that were destroyed, and replicated so. */
export const restoreBackup: Book = ({ topology: { application }, region }) => ({
  title: `Restore a backup in ${region}`,
  when: 'data were deleted or written over: replication has copied the damage, and only a backup has the rest',
  before: [
    `Recovery points stand in the vault ${backupVaultName(application)} of each Region.`,
    'Restore beside the live database, never over it: compare first, then copy what is missing.',
  ],
  steps: [
    {
      id: 'stop',
      act: 'Stop what destroys: roll the release back, or hold the writers.',
      owner: 'incident lead',
      expect: 'the damage no longer grows, and its first minute is known',
    },
    {
      id: 'find',
      act: 'Find the newest recovery point before that minute.',
      owner: 'database owner',
      commands: [
        `aws backup list-recovery-points-by-backup-vault --region ${region} --backup-vault-name ${backupVaultName(application)}`,
      ],
      expect: 'COMPLETED, older than the damage',
    },
    {
      id: 'restore',
      act: 'Restore to a cluster of another name.',
      owner: 'database owner',
      commands: [
        `aws rds restore-db-cluster-to-point-in-time --region ${region} --source-db-cluster-identifier ${clusterIdentifier(application, region)} --db-cluster-identifier ${application}-restored --restore-to-time <minute before>`,
      ],
      expect: 'available; an instance is added to read from it',
    },
    {
      id: 'compare',
      act: 'Compare, copy what is missing, and keep a list of what was copied.',
      owner: 'database owner',
      expect: 'what was lost is back, and what came since is untouched',
    },
  ],
});
