import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventStore } from '../../../constructs/async/event-store';
import { stackIn } from '../stack';
import { someWork } from './work';

const projection = () => ({ processingTime: Duration.seconds(30), ...someWork() });

describe('an event store', () => {
  const stack = stackIn();
  const store = new EventStore(stack, 'Store', { replicaRegions: ['us-west-2'] });
  const writer = new Role(stack, 'Writer', { assumedBy: new ServicePrincipal('ec2') });
  store.grantAppend(writer);
  store.addProjection('Totals', projection());
  const template = Template.fromStack(stack);

  test('keeps events by stream and version, in both Regions, protected from deletion', () => {
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        KeySchema: [
          { AttributeName: 'stream', KeyType: 'HASH' },
          { AttributeName: 'version', KeyType: 'RANGE' },
        ],
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        SSESpecification: { SSEEnabled: true },
        Replicas: Match.arrayWith([
          Match.objectLike({
            Region: 'us-west-2',
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ]),
      },
    });
  });

  test('a writer appends, and neither changes nor removes', () => {
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    const own = policies.find(({ Properties }) => JSON.stringify(Properties.Roles).includes('Writer'));
    const actions = own?.Properties.PolicyDocument.Statement.flatMap((s: { Action: string[] }) => s.Action);
    expect(actions).toEqual([
      'dynamodb:PutItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:Query',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ]);
  });

  test('a projection follows the stream of changes and may read all events', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { StartingPosition: 'TRIM_HORIZON' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ EVENT_TABLE: Match.anyValue(), SNAPSHOT_TABLE: Match.anyValue() }),
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'] }),
        ]),
      },
    });
  });

  test('refuses a third projection', () => {
    store.addProjection('Second', projection());
    expect(() => store.addProjection('Third', projection())).toThrow(
      /Third: a DynamoDB stream bears 2 readers/,
    );
  });
});

test('refuses a copy in its own Region, and one twice', () => {
  expect(
    () => new EventStore(stackIn(), 'Store', { replicaRegions: ['us-east-2', 'eu-west-1', 'eu-west-1'] }),
  ).toThrow(/replicaRegions\[0\]: holds a copy already, received "us-east-2".*\n.*replicaRegions\[2\]/);
});
