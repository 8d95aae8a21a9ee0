import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import fc from 'fast-check';
import { GlobalTable } from '../../../constructs/data/global-table';
import type { GlobalTableProps } from '../../../constructs/data/global-table-props';
import { validateGlobalTable } from '../../../constructs/data/global-table-validation';
import { onlyOf, stackIn } from '../stack';

const TABLE = 'AWS::DynamoDB::GlobalTable';
const PROPS: GlobalTableProps = {
  tableName: 'orders-carts',
  regions: ['us-east-2', 'us-west-2'],
  partitionKey: { name: 'customer', type: 'S' },
};
const INDEX = { name: 'by-day', partitionKey: { name: 'day', type: 'S' }, attributes: 'keys-only' } as const;

const declare = (stack: Stack, props: Partial<GlobalTableProps> = {}): GlobalTable =>
  new GlobalTable(stack, 'Carts', { ...PROPS, ...props });

const roleIn = (stack: Stack): Role => new Role(stack, 'Clone', { assumedBy: new ServicePrincipal('ec2') });

const policyOf = (stack: Stack): string =>
  JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));

test('every copy is protected from deletion, can be restored and is kept', () => {
  const stack = stackIn();
  declare(stack, { tags: { owner: 'carts' } });
  expect(onlyOf(stack, TABLE)).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    MultiRegionConsistency: 'EVENTUAL',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    Replicas: ['us-east-2', 'us-west-2'].map(region => ({
      Region: region,
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      Tags: [{ Key: 'owner', Value: 'carts' }],
    })),
  });
  Template.fromStack(stack).hasResource(TABLE, {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('scales provisioned reads in each Region, and writes for all of them', () => {
  const stack = stackIn();
  declare(stack, {
    capacity: {
      kind: 'provisioned',
      reads: { minimum: 10, maximum: 100 },
      writes: { minimum: 5, maximum: 50, targetUtilization: 60 },
    },
    indexes: [INDEX],
  });
  const reads = {
    ReadCapacityAutoScalingSettings: {
      MinCapacity: 10,
      MaxCapacity: 100,
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
    },
  };
  const writes = {
    WriteCapacityAutoScalingSettings: {
      MinCapacity: 5,
      MaxCapacity: 50,
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 60 },
    },
  };
  expect(onlyOf(stack, TABLE)).toMatchObject({
    BillingMode: 'PROVISIONED',
    WriteProvisionedThroughputSettings: writes,
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-day',
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
        WriteProvisionedThroughputSettings: writes,
      },
    ],
    AttributeDefinitions: [
      { AttributeName: 'customer', AttributeType: 'S' },
      { AttributeName: 'day', AttributeType: 'S' },
    ],
    Replicas: ['us-east-2', 'us-west-2'].map(region => ({
      Region: region,
      ReadProvisionedThroughputSettings: reads,
      GlobalSecondaryIndexes: [{ IndexName: 'by-day', ReadProvisionedThroughputSettings: reads }],
    })),
  });
});

test('bounds on-demand requests, expires items and encrypts under a key of each Region when asked', () => {
  const stack = stackIn();
  const keyArns = {
    'us-east-2': 'arn:aws:kms:us-east-2:000000000000:key/1',
    'us-west-2': 'arn:aws:kms:us-west-2:000000000000:key/2',
  };
  const table = declare(stack, {
    sortKey: { name: 'line', type: 'N' },
    capacity: { kind: 'on-demand', maximumReads: 1000, maximumWrites: 500 },
    timeToLiveAttribute: 'expires',
    keyArns,
  });
  table.grantReadData(roleIn(stack));
  expect(onlyOf(stack, TABLE)).toMatchObject({
    WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 500 },
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    Replicas: Object.values(keyArns).map(arn => ({
      ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 1000 },
      SSESpecification: { KMSMasterKeyId: arn },
    })),
  });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'kms:Decrypt', Resource: keyArns['us-east-2'] }),
      ]),
    },
  });
});

describe('grants', () => {
  test('cover this Region’s copy and its indexes by name', () => {
    const stack = stackIn();
    declare(stack, { indexes: [INDEX] }).grantReadWriteData(roleIn(stack));
    expect(policyOf(stack)).toContain('/index/by-day');
    expect(policyOf(stack)).toMatch(/dynamodb:Query.*dynamodb:UpdateItem/);
    expect(policyOf(stack)).not.toContain('"*"');
  });

  test('of a named copy are of its own Region, and declare nothing', () => {
    const stack = stackIn('us-west-2');
    const table = GlobalTable.fromTableName(stack, 'Carts', 'orders-carts');
    table.grantWriteData(roleIn(stack));
    Template.fromStack(stack).resourceCountIs(TABLE, 0);
    expect(policyOf(stack)).toContain(':dynamodb:us-west-2:000000000000:table/orders-carts');
    expect(policyOf(stack)).not.toContain('GetItem');
  });

  test('of a stream need to know it', () => {
    const stack = stackIn('us-west-2');
    const role = roleIn(stack);
    const named = GlobalTable.fromTableName(stack, 'Named', 'orders-carts');
    expect(() => named.grantStreamRead(role)).toThrow(
      /the stream of orders-carts in this Region is not known/,
    );
    const tableStreamArn = 'arn:aws:dynamodb:us-west-2:000000000000:table/orders-carts/stream/1';
    GlobalTable.fromTableAttributes(stack, 'Known', {
      tableName: 'orders-carts',
      tableStreamArn,
    }).grantStreamRead(role);
    expect(policyOf(stack)).toContain(tableStreamArn);
  });
});

test('metrics are those of the copy, and of the way to another Region', () => {
  const table = declare(stackIn());
  expect(table.metricReplicationLatency('us-west-2')).toMatchObject({
    metricName: 'ReplicationLatency',
    dimensions: { TableName: 'orders-carts', ReceivingRegion: 'us-west-2' },
  });
  for (const metric of [table.metricReadThrottles(), table.metricWriteThrottles()]) {
    expect(metric.dimensions).toEqual({ TableName: 'orders-carts' });
  }
});

test('a range of capacity is taken when it is one, and no other', () => {
  const units = fc.integer({ min: -2, max: 12 });
  fc.assert(
    fc.property(units, units, fc.integer({ min: 10, max: 100 }), (minimum, maximum, targetUtilization) => {
      const reads = { minimum, maximum, targetUtilization };
      const declared = () =>
        validateGlobalTable('test', { ...PROPS, capacity: { kind: 'provisioned', reads, writes: reads } });
      const right = minimum >= 1 && minimum <= maximum && targetUtilization >= 20 && targetUtilization <= 90;
      if (right) expect(declared).not.toThrow();
      else expect(declared).toThrow(/capacity\.reads\./);
    }),
  );
});

test.each<[string, Partial<GlobalTableProps>, RegExp]>([
  ['one Region', { regions: ['us-east-2'] }, /a global table is in several Regions/],
  ['a Region twice', { regions: ['us-east-2', 'us-east-2'] }, /each once/],
  ['an owner without a copy', { regions: ['us-west-1', 'us-west-2'] }, /us-east-2, holds no copy/],
  ['a name with a space', { tableName: 'my carts' }, /tableName/],
  ['an index twice', { indexes: [INDEX, INDEX] }, /indexes of different names/],
  [
    'an attribute of two types',
    { indexes: [{ ...INDEX, partitionKey: { name: 'customer', type: 'N' } }] },
    /has one type in all keys/,
  ],
  ['a key that expires', { timeToLiveAttribute: 'customer' }, /timeToLiveAttribute: is part of a key/],
  ['a key in one Region alone', { keyArns: { 'us-east-2': 'arn' } }, /a key of its own, or none has/],
  ['no reads at all', { capacity: { kind: 'on-demand', maximumReads: 0 } }, /capacity\.maximumReads/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});
