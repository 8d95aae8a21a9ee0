import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AnalyticsTable } from '../../../constructs/async/analytics-table';
import { columnsOf } from '../../../lib/runtime/analytics/columns';
import { analyticsPart } from '../../../lib/runtime/environment/analytics-environment';
import { EnvironmentReader } from '../../../lib/runtime/environment/environment-reader';
import { stackIn } from '../stack';

const COLUMNS = { item: 'string', totalCents: 'bigint' } as const;
const roleIn = (stack: ReturnType<typeof stackIn>, id: string) =>
  new Role(stack, id, { assumedBy: new ServicePrincipal('ec2') });

describe('a table that workers write by themselves', () => {
  const stack = stackIn();
  const reports = new AnalyticsTable(stack, 'Reports', {
    tableName: 'orders',
    databaseName: 'shop_changes',
    columns: COLUMNS,
    encryptionKey: new Key(stack, 'Key'),
  });
  reports.grantPut(roleIn(stack, 'Worker'));
  reports.grantQuery(roleIn(stack, 'Reporter'));
  const template = Template.fromStack(stack);
  const statementsOf = (role: string) =>
    Object.values(template.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(role))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

  test('brings no delivery, no stream and no function', () => {
    for (const type of ['KinesisFirehose::DeliveryStream', 'Lambda::Function', 'Kinesis::Stream'])
      template.resourceCountIs(`AWS::${type}`, 0);
  });

  test('declares to Glue the very columns that the run time writes, in their order', () => {
    const [table] = Object.values(template.findResources('AWS::Glue::Table'));
    const { StorageDescriptor: storage, PartitionKeys: partition } = table?.Properties.TableInput ?? {};
    const declared = storage.Columns.map(({ Name, Type }: { Name: string; Type: string }) => [Name, Type]);
    expect(declared).toEqual(Object.entries(columnsOf(COLUMNS)));
    expect(partition).toEqual([{ Name: 'day', Type: 'string' }]);
    template.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: 'shop_changes' } });
  });

  test('names its store as the run time reads it, at the place that the table looks at', () => {
    const [join, parts] = stack.resolve(reports.store)['Fn::Join'];
    const text = parts
      .map((part: string | object) => (typeof part === 'string' ? part : 'bucket'))
      .join(join);
    expect(analyticsPart(new EnvironmentReader({ HOLDFAST_ANALYTICS_STORE: text }))).toEqual({
      kind: 's3',
      bucket: 'bucket',
      prefix: 'rows',
    });
    template.hasResourceProperties('AWS::Glue::Table', {
      TableInput: {
        StorageDescriptor: { Location: { 'Fn::Join': ['', ['s3://', Match.anyValue(), '/rows/']] } },
      },
    });
  });

  test('a writer may put rows under the key, and nothing else', () => {
    const actions = statementsOf('Worker').map(({ Action }) => Action);
    expect(actions.sort()).toEqual(['kms:GenerateDataKey', 's3:PutObject']);
    expect(JSON.stringify(statementsOf('Worker'))).toContain('/rows/*');
  });

  test('a reader may decrypt what it reads', () => {
    expect(JSON.stringify(statementsOf('Reporter'))).toContain('kms:Decrypt');
  });

  test('rows are under the key and versioned, logs under a key of S3, and both outlive the stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }),
            },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: Match.anyValue(),
      },
    });
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    });
  });
});

test('a database whose name Glue would not take is refused by its path', () => {
  expect(
    () => new AnalyticsTable(stackIn(), 'Reports', { tableName: 'orders', databaseName: 'my-shop' }),
  ).toThrow(/databaseName.*my-shop/s);
});
