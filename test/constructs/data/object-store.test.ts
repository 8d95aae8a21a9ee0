import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ObjectStore } from '../../../constructs/data/object-store';
import type { ObjectStoreProps } from '../../../constructs/data/object-store-props';
import { bucketName } from '../../../lib/naming';
import { keyOf, stackIn } from '../stack';

const nameIn = (region: string): string => bucketName('orders', 'receipts', '000000000000', region);
const other = (region: string): string => (region === 'us-east-2' ? 'us-west-2' : 'us-east-2');

const PEER = { region: 'us-west-2', bucketName: nameIn('us-west-2') };

function declare(stack: Stack, props: Partial<ObjectStoreProps> = {}): ObjectStore {
  const region = other(stack.region);
  return new ObjectStore(stack, 'Receipts', {
    bucketName: nameIn(stack.region),
    peers: [{ region, bucketName: nameIn(region) }],
    ...props,
  });
}

/** The store's own bucket, without the one that holds its logs. */
const bucketOf = (stack: Stack): Record<string, unknown> =>
  Object.values(
    Template.fromStack(stack).findResources('AWS::S3::Bucket', {
      Properties: { BucketName: nameIn(stack.region) },
    }),
  )[0]?.Properties;

const stacks = ['us-east-2', 'us-west-2'].map(region => stackIn(region));
for (const stack of stacks) declare(stack);

describe.each(stacks.map(stack => [stack.region, stack] as const))('the bucket of %s', (_region, stack) => {
  const template = Template.fromStack(stack);
  const peer = nameIn(other(stack.region));

  test('replicates everything to the other Region, in agreed time and measured', () => {
    expect(bucketOf(stack)).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ReplicationConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Enabled' },
            SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
            Destination: {
              Bucket: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${peer}`]] },
              ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
              Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
            },
          },
        ],
      },
    });
  });

  test('is private, encrypted, reached by TLS alone, logged and kept', () => {
    expect(bucketOf(stack)).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LoggingConfiguration: { LogFilePrefix: `${nameIn(stack.region)}/` },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
    const kept = Object.values(template.findResources('AWS::S3::Bucket')).map(bucket => [
      bucket.DeletionPolicy,
      bucket.UpdateReplacePolicy,
    ]);
    // The bucket of the access logs fills up by itself: one that holds an object cannot go with a rollback.
    expect(kept.sort()).toEqual([
      ['Retain', 'Retain'],
      ['RetainExceptOnCreate', 'Retain'],
    ]);
  });

  test('keeps old versions for a while, and not for ever', () => {
    expect(bucketOf(stack)).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            NoncurrentVersionExpiration: { NoncurrentDays: 90 },
            ExpiredObjectDeleteMarker: true,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
        ],
      },
    });
  });

  test('lets S3 read its own objects and write those of the peer, and nothing else', () => {
    const policy = Object.values(template.findResources('AWS::IAM::Policy'))[0]?.Properties.PolicyDocument;
    const texts = policy.Statement.map((statement: unknown) => JSON.stringify(statement)) as string[];
    const touching = (name: string): string[] => texts.filter(text => text.includes(`${name}/*`));
    expect(touching(nameIn(stack.region)).join()).not.toMatch(/Replicate|Put|Delete/);
    expect(touching(peer)).toHaveLength(1);
    expect(touching(peer)[0]).toMatch(/s3:ReplicateObject.*s3:ReplicateDelete.*s3:ReplicateTags/);
  });

  test('warns when replication is late or fails', () => {
    for (const [MetricName, Threshold] of [
      ['ReplicationLatency', 900],
      ['OperationsFailedReplication', 0],
    ] as const) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName,
        Threshold,
        TreatMissingData: 'notBreaching',
        Dimensions: Match.arrayWith([{ Name: 'DestinationBucket', Value: peer }]),
      });
    }
  });
});

test('the two Regions’ templates differ by the names of the Regions alone', () => {
  const [first, second] = stacks.map(stack =>
    JSON.stringify(Template.fromStack(stack).toJSON())
      .replaceAll(stack.region, 'HERE')
      .replaceAll(other(stack.region), 'THERE'),
  );
  expect(second).toBe(first);
});

test('before the peers exist there is nothing to replicate to, and the bucket is the same', () => {
  const stack = stackIn();
  const { alarms } = declare(stack, { replication: 'awaiting-peers' });
  const { ReplicationConfiguration, ...later } = bucketOf(stacks[0] as Stack);
  expect(ReplicationConfiguration).toBeDefined();
  expect(bucketOf(stack)).toEqual(later);
  expect(alarms).toEqual([]);
});

test('the topic of its alarms lets them in', () => {
  const stack = stackIn();
  declare(stack, { alarmTopic: new Topic(stack, 'Alarms', { enforceSSL: true }) });
  Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
        }),
      ]),
    },
  });
});

test('three Regions: one rule and one priority for each peer', () => {
  const stack = stackIn();
  const peers = ['us-west-2', 'eu-west-1'].map(region => ({ region, bucketName: nameIn(region) }));
  const { alarms } = declare(stack, { peers });
  expect(bucketOf(stack)).toMatchObject({
    ReplicationConfiguration: {
      Rules: [
        { Id: 'to-us-west-2', Priority: 1 },
        { Id: 'to-eu-west-1', Priority: 2 },
      ],
    },
  });
  expect(alarms).toHaveLength(4);
});

test('a key per Region encrypts copies under the key of where they are', () => {
  const stack = stackIn();
  const encryptionKeyArn = 'arn:aws:kms:us-west-2:000000000000:key/2';
  declare(stack, {
    encryptionKey: keyOf(stack),
    peers: [{ region: 'us-west-2', bucketName: nameIn('us-west-2'), encryptionKeyArn }],
  });
  expect(bucketOf(stack)).toMatchObject({
    ReplicationConfiguration: {
      Rules: [
        {
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: { EncryptionConfiguration: { ReplicaKmsKeyID: encryptionKeyArn } },
        },
      ],
    },
  });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
          Resource: encryptionKeyArn,
          Condition: {
            StringLike: {
              'kms:ViaService': { 'Fn::Join': ['', ['s3.us-west-2.', { Ref: 'AWS::URLSuffix' }]] },
            },
          },
        }),
      ]),
    },
  });
});

test('grants and alarms go where they are sent', () => {
  const stack = stackIn();
  const topic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-2:000000000000:alarms');
  const store = declare(stack, {
    alarmTopic: topic,
    replicationLatencyAlarm: Duration.minutes(30),
  });
  store.grantPut(new Role(stack, 'Writer', { assumedBy: new ServicePrincipal('ec2') }));
  store.grantRead(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2') }));
  store.grantReadWrite(new Role(stack, 'Both', { assumedBy: new ServicePrincipal('ec2') }));
  const template = Template.fromStack(stack);
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topic.topicArn] });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 1800 });
  const text = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(text).toContain('s3:GetObject*');
  expect(text).not.toContain('s3:DeleteObjectVersion');
  expect(store.metricBytesPending(PEER).dimensions).toMatchObject({ RuleId: 'to-us-west-2' });
});

test.each<[string, Partial<ObjectStoreProps>, RegExp]>([
  ['a store in one Region', { peers: [] }, /a store in one Region is lost with it/],
  [
    'a peer that is itself',
    { peers: [{ region: 'us-east-2', bucketName: 'x-1' }] },
    /is the Region of this stack/,
  ],
  [
    'one name for two buckets',
    { peers: [{ region: 'us-west-2', bucketName: nameIn('us-east-2') }] },
    /named twice/,
  ],
  ['a name in capitals', { bucketName: 'Receipts' }, /bucketName/],
  [
    'a key on one side',
    { peers: [{ ...PEER, encryptionKeyArn: 'arn:aws:kms:us-west-2:000000000000:key/2' }] },
    /or none has/,
  ],
  ['no retention at all', { noncurrentVersionRetention: Duration.days(0) }, /noncurrentVersionRetention/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});

test('refuses the alias of a key: S3 would resolve it in the account that asks', () => {
  const stack = stackIn();
  const encryptionKeyArn = 'arn:aws:kms:us-west-2:000000000000:alias/orders-data';
  expect(() =>
    declare(stack, { encryptionKey: keyOf(stack), peers: [{ ...PEER, encryptionKeyArn }] }),
  ).toThrow(/give the ARN of the key, not of an alias/);
});
