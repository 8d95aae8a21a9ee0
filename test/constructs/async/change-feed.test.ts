import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AnalyticsFeedOptions } from '../../../constructs/async/analytics-feed-props';
import { ChangeFeed } from '../../../constructs/async/change-feed';
import { rowOf } from '../../../lib/runtime/changes/analytics-feed';
import { stackIn } from '../stack';
import { someWork } from './work';

const consumer = () => ({ processingTime: Duration.seconds(30), ...someWork() });
const analytics = (): AnalyticsFeedOptions => ({
  tableName: 'orders',
  columns: { totalCents: 'bigint' },
  handlerCode: Code.fromInline('exports.handler = 1'),
});
const tableIn = (stack: ReturnType<typeof stackIn>) =>
  Table.fromTableAttributes(stack, 'Orders', {
    tableName: 'orders',
    tableStreamArn: 'arn:aws:dynamodb:us-east-2:000000000000:table/orders/stream/1',
  });

describe('a feed of an outbox', () => {
  const stack = stackIn();
  const feed = new ChangeFeed(stack, 'Changes');
  feed.grantPublish(new Role(stack, 'Relay', { assumedBy: new ServicePrincipal('ec2') }));
  feed.addConsumer('Invalidator', { ...consumer(), enhancedFanOut: true });
  const reports = feed.addAnalytics('Reports', analytics());
  reports.grantQuery(new Role(stack, 'Reporter', { assumedBy: new ServicePrincipal('ec2') }));
  const template = Template.fromStack(stack);

  test('keeps what was published for a week, encrypted, past the stack', () => {
    template.hasResource('AWS::Kinesis::Stream', {
      DeletionPolicy: 'Retain',
      Properties: {
        RetentionPeriodHours: 168,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      },
    });
  });

  test('each consumer is bounded, and the relay may publish and no more', () => {
    template.resourcePropertiesCountIs(
      'AWS::Lambda::EventSourceMapping',
      { MaximumRetryAttempts: 10, BisectBatchOnFunctionError: true },
      2,
    );
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'kinesis:PutRecords' })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^Relay') }],
    });
  });

  test('rows that wait too long, or fit no column, raise an alarm', () => {
    const of = (MetricName: string, rest: object) =>
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/Firehose',
        MetricName,
        Dimensions: [{ Name: 'DeliveryStreamName', Value: { Ref: Match.stringLikeRegexp('Firehose') } }],
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        ...rest,
      });
    of('DeliveryToS3.DataFreshness', { Statistic: 'Maximum', Threshold: 900 });
    of('FailedConversion.Records', { Statistic: 'Sum', Threshold: 0 });
    expect(reports.metricDataFreshness({ statistic: 'Average' }).statistic).toBe('Average');
  });

  test('rows become Parquet by day, by the columns of the table', () => {
    template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
      ExtendedS3DestinationConfiguration: {
        Prefix: 'rows/day=!{timestamp:yyyy-MM-dd}/',
        ErrorOutputPrefix: Match.stringLikeRegexp('^errors/'),
        BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 128 },
        DataFormatConversionConfiguration: {
          Enabled: true,
          OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
          SchemaConfiguration: { DatabaseName: 'orders_changes', VersionId: 'LATEST' },
        },
      },
    });
  });

  test('the table has the columns that the handler writes, and no crawler is needed for its days', () => {
    const [table] = Object.values(template.findResources('AWS::Glue::Table'));
    const { Columns } = table?.Properties.TableInput.StorageDescriptor ?? {};
    const columns = Columns.map(({ Name }: { Name: string }) => Name);
    const row = rowOf({ id: '1', entity: 'e', key: 'k', type: 'inserted', at: '' }, ['totalCents']);
    expect(columns.sort()).toEqual(Object.keys(row).sort());
    template.hasResourceProperties('AWS::Glue::Table', {
      TableInput: {
        PartitionKeys: [{ Name: 'day', Type: 'string' }],
        Parameters: {
          'projection.enabled': 'true',
          'projection.day.range': '2026-01-01,NOW',
          'storage.location.template': {
            'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/rows/day=.{6}/$')])],
          },
        },
      },
    });
  });

  test('a query goes by the workgroup, whose results are encrypted and whose scans end', () => {
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 107_374_182_400,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
      },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'IteratorAge' });
  });

  test('whoever reports may ask the table, and change neither it nor the rows', () => {
    const actions = JSON.stringify(
      Object.values(template.findResources('AWS::IAM::Policy')).find(({ Properties }) =>
        JSON.stringify(Properties.Roles).includes('Reporter'),
      )?.Properties.PolicyDocument.Statement,
    );
    expect(actions).toContain('athena:StartQueryExecution');
    expect(actions).not.toMatch(/glue:(Create|Update|Delete)|s3:Delete/);
  });

  test('rows and logs outlive the stack and are never public', () => {
    template.allResources('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: Match.objectLike({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    });
  });
});

test('a feed of a table has two readers at the most, and publishes itself', () => {
  const stack = stackIn();
  const feed = new ChangeFeed(stack, 'Changes', { table: tableIn(stack) });
  feed.addConsumer('First', consumer());
  feed.addAnalytics('Reports', analytics());
  expect(() => feed.addConsumer('Third', consumer())).toThrow(/Third: a DynamoDB stream bears 2 readers/);
  expect(() => feed.grantPublish(new Role(stack, 'R', { assumedBy: new ServicePrincipal('ec2') }))).toThrow(
    /fed by a table/,
  );
  Template.fromStack(stack).resourceCountIs('AWS::Kinesis::Stream', 0);
});

test('a feed of a table knows no reader with a throughput of its own', () => {
  const stack = stackIn();
  const feed = new ChangeFeed(stack, 'Changes', { table: tableIn(stack) });
  expect(() => feed.addConsumer('Fast', { ...consumer(), enhancedFanOut: true })).toThrow(
    /Fast\.enhancedFanOut/,
  );
});

test('refuses a retention of an hour', () => {
  expect(() => new ChangeFeed(stackIn(), 'Changes', { retention: Duration.hours(1) })).toThrow(
    /retention \(hours\)/,
  );
});

test.each<[string, Partial<AnalyticsFeedOptions>, RegExp]>([
  ['a name with a hyphen', { tableName: 'my-orders' }, /tableName/],
  [
    'a column that every change has',
    { columns: { Epoch: 'bigint' } },
    /columns\.Epoch: a column that every change/,
  ],
  [
    'columns that differ by case',
    { columns: { a: 'string', A: 'string' } },
    /columns\.A: differs from another/,
  ],
  ['a column with a space', { columns: { 'a b': 'string' } }, /columns\.a b/],
  ['files each second', { freshness: Duration.seconds(1) }, /freshness \(seconds\)/],
  ['a day that is none', { since: '2026-13-01' }, /since/],
  ['a scan of nothing', { mostScannedGiB: 0 }, /mostScannedGiB/],
])('refuses %s', (_case, options, message) => {
  expect(() =>
    new ChangeFeed(stackIn(), 'C').addAnalytics('Reports', { ...analytics(), ...options }),
  ).toThrow(message);
});
