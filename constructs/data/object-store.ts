import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { KEEP_ONCE_BORN } from '../removal';
import { sendAlarms } from './alarm-topic';
import type { ObjectStorePeer, ObjectStoreProps } from './object-store-props';
import { replicationTo, ruleId } from './object-store-replication';
import { validateObjectStore } from './object-store-validation';

/**
 * One Region's bucket of a store that is in several Regions: versioned, private, and replicated both ways within 15
 * minutes by agreement (most objects within seconds). Replication is asynchronous: what was written last may be
 * missing after a failover, and two Regions that write one key at the same time keep the later version on top.
 *
 * Regions agree by bucket names ({@link ObjectStorePeer}) and refer to nothing of each other.
 */
export class ObjectStore extends Construct {
  /** This Region's bucket. */
  readonly bucket: IBucket;
  /** Alarms of replication, two for each peer; none while peers are awaited. */
  readonly alarms: readonly Alarm[];

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    const { region } = Stack.of(scope);
    validateObjectStore(
      `ObjectStore ${scope.node.path}/${id}`,
      props,
      Token.isUnresolved(region) ? undefined : region,
    );
    super(scope, id);
    const bucket = this.createBucket(props);
    this.bucket = bucket;
    const resource = bucket.node.defaultChild as CfnBucket;
    // By the resource: the CDK's own property writes ACLs unless an app has turned a feature flag on.
    resource.loggingConfiguration = {
      destinationBucketName: (props.accessLogs ?? this.createAccessLogs(props.bucketName)).bucketName,
      logFilePrefix: `${props.bucketName}/`,
    };
    const peers = props.replication === 'awaiting-peers' ? [] : props.peers;
    if (peers.length > 0) {
      resource.replicationConfiguration = replicationTo(this, bucket, props);
    }
    this.alarms = peers.flatMap((peer, index) => this.createAlarms(peer, index + 1, props));
    if (props.alarmTopic !== undefined) sendAlarms(this.alarms, props.alarmTopic);
  }

  /** Lets `grantee` read objects and list them. */
  grantRead(grantee: IGrantable): Grant {
    return this.bucket.grantRead(grantee);
  }

  /** Lets `grantee` read, write and delete objects; their versions stay. */
  grantReadWrite(grantee: IGrantable): Grant {
    return this.bucket.grantReadWrite(grantee);
  }

  /** Lets `grantee` write objects and read none. */
  grantPut(grantee: IGrantable): Grant {
    return this.bucket.grantPut(grantee);
  }

  /** Age of the oldest object that is still to be replicated to a peer, in seconds. */
  metricReplicationLatency(peer: ObjectStorePeer, options?: MetricOptions): Metric {
    return this.metric('ReplicationLatency', peer, { statistic: 'Maximum', ...options });
  }

  /** Objects whose replication to a peer failed: a permission or a key, and nothing that heals by itself. */
  metricFailedReplications(peer: ObjectStorePeer, options?: MetricOptions): Metric {
    return this.metric('OperationsFailedReplication', peer, { statistic: 'Sum', ...options });
  }

  /** Bytes that are still to be replicated to a peer. */
  metricBytesPending(peer: ObjectStorePeer, options?: MetricOptions): Metric {
    return this.metric('BytesPendingReplication', peer, { statistic: 'Maximum', ...options });
  }

  /** A metric of the replication to a peer, in the namespace `AWS/S3`. */
  metric(metricName: string, peer: ObjectStorePeer, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/S3',
      metricName,
      dimensionsMap: {
        SourceBucket: this.bucket.bucketName,
        DestinationBucket: peer.bucketName,
        RuleId: ruleId(peer),
      },
      ...options,
    }).attachTo(this);
  }

  private createBucket(props: ObjectStoreProps): Bucket {
    return new Bucket(this, 'Bucket', {
      bucketName: props.bucketName,
      versioned: true,
      ...(props.encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : {
            encryption: BucketEncryption.KMS,
            encryptionKey: props.encryptionKey,
            bucketKeyEnabled: true,
          }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        {
          id: 'old-versions',
          noncurrentVersionExpiration: props.noncurrentVersionRetention ?? Duration.days(90),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: KEEP_ONCE_BORN,
    });
  }

  private createAccessLogs(source: string): Bucket {
    const logs = new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const { account } = Stack.of(this);
    logs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`logging.${ServicePrincipal.servicePrincipalName('s3')}`)],
        actions: ['s3:PutObject'],
        resources: [logs.arnForObjects(`${source}/*`)],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    return logs;
  }

  private createAlarms(peer: ObjectStorePeer, number: number, props: ObjectStoreProps): readonly Alarm[] {
    const limit = props.replicationLatencyAlarm ?? Duration.minutes(15);
    const slow = new Alarm(this, `Slow${number}`, {
      alarmDescription: `Replication to ${peer.region} is late: objects written since are lost if this Region is`,
      metric: this.metricReplicationLatency(peer, { period: Duration.minutes(1) }),
      threshold: limit.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      // There is no data while nothing waits.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const failed = new Alarm(this, `Failed${number}`, {
      alarmDescription: `Objects could not be replicated to ${peer.region}, and will not be without help`,
      metric: this.metricFailedReplications(peer, { period: Duration.minutes(5) }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    return [slow, failed];
  }
}
