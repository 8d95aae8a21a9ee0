import { App, Duration, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BackupPlan } from '../../../constructs/data/backup-plan';
import { CacheTier } from '../../../constructs/data/cache-tier';
import { GlobalTable } from '../../../constructs/data/global-table';
import { ObjectStore } from '../../../constructs/data/object-store';
import { Register } from '../../../constructs/data/register';
import { ServerlessCache } from '../../../constructs/data/serverless-cache';
import { ShardedDatabase } from '../../../constructs/data/sharded-database';
import { networkOf } from '../stack';

/** Every construct of data in one stack, in and beside the Region `region`. */
function everything(env: Environment | undefined, region: string, other: string): Stack {
  const stack = new Stack(new App(), 'Stack', { env });
  const encryptionKey = new Key(stack, 'Key');
  const network = { vpc: networkOf(stack), encryptionKey };
  const regions = [region, other];
  new ShardedDatabase(stack, 'Shards', {
    ...network,
    application: 'orders',
    ring: { version: 1, shards: ['one'] },
    memberOf: () => ({ kind: 'seed', databaseName: 'orders' }),
    engineVersion: '16.6',
    instanceClass: 'db.r7g.large',
  });
  const user = { userName: 'orders-service', keyPrefix: 'orders:' };
  new CacheTier(stack, 'Cache', {
    ...network,
    ...user,
    replicationGroupId: 'orders-cache',
    nodeType: 'cache.r7g.large',
    globalDatastore: { kind: 'primary', suffix: 'orders', regions },
  });
  new ServerlessCache(stack, 'Serverless', {
    ...network,
    ...user,
    cacheName: 'orders-serverless',
    maximumStorageGigabytes: 1,
    maximumUnitsPerSecond: 1000,
  });
  new ObjectStore(stack, 'Store', {
    bucketName: 'orders-here',
    peers: [{ region: other, bucketName: 'orders-there' }],
  });
  new GlobalTable(stack, 'Table', { tableName: 'carts', regions, partitionKey: { name: 'pk', type: 'S' } });
  new Register(stack, 'Register', { tableName: 'register', regions, consistency: { kind: 'eventual' } });
  new BackupPlan(stack, 'Backups', {
    planName: 'orders',
    vaultName: 'orders',
    encryptionKey,
    rules: [{ name: 'daily', schedule: 'cron(0 3 * * ? *)', deleteAfter: Duration.days(7) }],
    selection: { tags: { application: 'orders' } },
    copyRegions: [other],
    alarmTopic: new Topic(stack, 'Topic'),
  });
  return stack;
}

test.each([
  ['cn-north-1', 'cn-northwest-1'],
  ['us-gov-west-1', 'us-gov-east-1'],
])('BP-11: in %s no partition is written down', (region, other) => {
  const stack = everything({ account: '000000000000', region }, region, other);
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  expect(text).not.toMatch(/arn:aws[a-z-]*:/);
  expect(text).toContain('AWS::Partition');
});

test('a stack that knows neither account nor Region takes them all', () => {
  const stack = everything(undefined, 'us-east-2', 'us-west-2');
  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
});
