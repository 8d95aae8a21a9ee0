import type { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** The bucket of another Region to which this one replicates, and which replicates to this one. */
export interface ObjectStorePeer {
  /** Region of the bucket. */
  readonly region: string;
  /** Name on which the Regions agree; see `bucketName` in lib/naming. */
  readonly bucketName: string;
  /**
   * ARN of that Region's key, stated in the topology; with `encryptionKey` and only then. A key ARN, not an alias: S3
   * resolves an alias in the account that asks, and no policy can grant the use of one as a resource.
   * @default - none; objects are encrypted by keys of S3
   */
  readonly encryptionKeyArn?: string;
}

/** What may be chosen about a store; the same in every Region. */
export interface ObjectStoreOptions {
  /**
   * Whether the other Regions' buckets exist. S3 refuses to replicate to a bucket that is not there, so two buckets
   * that replicate to each other are born in two steps: all of them `awaiting-peers`, then all of them `on`.
   * @default 'on'
   */
  readonly replication?: 'on' | 'awaiting-peers';
  /**
   * How long a version is kept after it was overwritten or deleted, in whole days: the time to notice a mistake.
   * @default Duration.days(90)
   */
  readonly noncurrentVersionRetention?: Duration;
  /**
   * Alarm when the replication to a peer has been slower than this, in whole minutes; replication-time control is
   * agreed at 15 minutes, the only value that S3 takes.
   * @default Duration.minutes(15)
   */
  readonly replicationLatencyAlarm?: Duration;
}

/** Properties of an {@link ObjectStore}. */
export interface ObjectStoreProps extends ObjectStoreOptions {
  /** Name of this Region's bucket, 3 to 63 characters; see `bucketName` in lib/naming. */
  readonly bucketName: string;
  /** Every other Region's bucket. */
  readonly peers: readonly ObjectStorePeer[];
  /**
   * Key of this Region; then every peer states its own.
   * @default - keys that S3 owns
   */
  readonly encryptionKey?: IKey;
  /**
   * Where access to the bucket is logged; its policy must let `logging.s3` write.
   * @default - a bucket of its own, which keeps logs for 90 days
   */
  readonly accessLogs?: IBucket;
  /**
   * Hears the alarms of replication. The key of an encrypted topic must admit CloudWatch.
   * @default - none; the alarms are in the console
   */
  readonly alarmTopic?: ITopic;
}
