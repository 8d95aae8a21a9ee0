import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import fc from 'fast-check';
import { BackupPlan } from '../../../constructs/data/backup-plan';
import type { BackupPlanProps, BackupRule } from '../../../constructs/data/backup-plan-props';
import { validateBackupPlan } from '../../../constructs/data/backup-plan-validation';
import { keyOf, onlyOf, stackIn } from '../stack';

const DAILY: BackupRule = {
  name: 'daily',
  schedule: 'cron(0 3 * * ? *)',
  deleteAfter: Duration.days(35),
};

const propsOf = (stack: Stack, props: Partial<BackupPlanProps> = {}): BackupPlanProps => ({
  planName: 'orders',
  vaultName: 'orders-backups',
  rules: [DAILY],
  selection: { tags: { application: 'orders' } },
  copyRegions: ['us-west-2'],
  encryptionKey: keyOf(stack),
  alarmTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${stack.region}:000000000000:alarms`),
  ...props,
});

function declare(props: Partial<BackupPlanProps> = {}, stack = stackIn()): BackupPlan {
  return new BackupPlan(stack, 'Backups', propsOf(stack, props));
}

describe('a plan', () => {
  const stack = stackIn();
  const backups = declare(
    {
      rules: [
        { ...DAILY, continuous: true },
        {
          name: 'monthly',
          schedule: 'cron(0 5 1 * ? *)',
          deleteAfter: Duration.days(365),
          coldStorageAfter: Duration.days(30),
          copies: { deleteAfter: Duration.days(730), coldStorageAfter: Duration.days(30) },
        },
      ],
      selection: {
        resourceArns: ['arn:aws:dynamodb:us-east-2:000000000000:table/carts'],
        tags: { application: 'orders' },
      },
    },
    stack,
  );
  const template = Template.fromStack(stack);

  test('copies every point to the vault of the same name in the other Region', () => {
    const destination = {
      'Fn::Join': [
        '',
        ['arn:', { Ref: 'AWS::Partition' }, ':backup:us-west-2:000000000000:backup-vault:orders-backups'],
      ],
    };
    expect(onlyOf(stack, 'AWS::Backup::BackupPlan')).toMatchObject({
      BackupPlan: {
        BackupPlanRule: [
          {
            RuleName: 'daily',
            EnableContinuousBackup: true,
            Lifecycle: { DeleteAfterDays: 35 },
            CopyActions: [{ DestinationBackupVaultArn: destination, Lifecycle: { DeleteAfterDays: 35 } }],
          },
          {
            RuleName: 'monthly',
            StartWindowMinutes: 60,
            CompletionWindowMinutes: 480,
            Lifecycle: { DeleteAfterDays: 365, MoveToColdStorageAfterDays: 30 },
            CopyActions: [{ Lifecycle: { DeleteAfterDays: 730, MoveToColdStorageAfterDays: 30 } }],
          },
        ],
      },
    });
  });

  test('covers what is named or tagged', () => {
    expect(onlyOf(stack, 'AWS::Backup::BackupSelection')).toMatchObject({
      BackupSelection: {
        Resources: ['arn:aws:dynamodb:us-east-2:000000000000:table/carts'],
        ListOfTags: [
          { ConditionType: 'STRINGEQUALS', ConditionKey: 'application', ConditionValue: 'orders' },
        ],
      },
    });
  });

  test('keeps its vault, under the key of the Region', () => {
    template.hasResource('AWS::Backup::BackupVault', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BackupVaultName: 'orders-backups',
        EncryptionKeyArn: 'arn:aws:kms:us-east-2:000000000000:key/1',
        LockConfiguration: Match.absent(),
      },
    });
    expect(backups.vaultName).toBe('orders-backups');
  });

  test('tells of jobs that leave no whole point', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: ['ABORTED', 'EXPIRED', 'FAILED', 'PARTIAL'] },
      },
      Targets: [Match.objectLike({ Arn: 'arn:aws:sns:us-east-2:000000000000:alarms' })],
    });
    for (const metric of [backups.metricJobsFailed(), backups.metricJobsCompleted()]) {
      expect(metric).toMatchObject({
        namespace: 'AWS/Backup',
        dimensions: { BackupVaultName: 'orders-backups' },
      });
    }
  });
});

test('a lock keeps points from being deleted before their time', () => {
  const stack = stackIn();
  const lock = {
    minimumRetention: Duration.days(7),
    maximumRetention: Duration.days(400),
    changeableFor: Duration.days(3),
  };
  declare({ lock }, stack);
  expect(onlyOf(stack, 'AWS::Backup::BackupVault')).toMatchObject({
    LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 400, ChangeableForDays: 3 },
  });
});

test('no good job for days is an alarm, and silence is no good job', () => {
  const stack = stackIn();
  declare({ expectedWithin: Duration.days(2) }, stack);
  expect(onlyOf(stack, 'AWS::CloudWatch::Alarm')).toMatchObject({
    MetricName: 'NumberOfBackupJobsCompleted',
    Period: 86_400,
    EvaluationPeriods: 2,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
    AlarmActions: ['arn:aws:sns:us-east-2:000000000000:alarms'],
  });
});

test('the topic lets in the events and every alarm of the account', () => {
  const stack = stackIn();
  declare({ expectedWithin: Duration.days(1), alarmTopic: new Topic(stack, 'Alarms') }, stack);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy'));
  const publishers = policy?.Properties.PolicyDocument.Statement.map(
    (statement: { Principal: { Service: string } }) => statement.Principal.Service,
  );
  expect(publishers).toEqual(['events.amazonaws.com', 'cloudwatch.amazonaws.com']);
});

test('what rests cold does so for 90 days at the least', () => {
  const base = propsOf(stackIn());
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: -3, max: 3 }), (cold, more) => {
      const days = cold + 90 + more;
      const rule = { ...DAILY, deleteAfter: Duration.days(days), coldStorageAfter: Duration.days(cold) };
      const declared = () => validateBackupPlan('test', { ...base, rules: [rule] });
      if (more >= 0) expect(declared).not.toThrow();
      else expect(declared).toThrow(/stays so for 90 days/);
    }),
  );
});

test.each<[string, Partial<BackupPlanProps>, RegExp]>([
  ['no rules', { rules: [] }, /at least one rule/],
  ['a rule twice', { rules: [DAILY, DAILY] }, /each of its own name/],
  ['an empty selection', { selection: {} }, /selects nothing/],
  ['a copy beside the original', { copyRegions: ['us-east-2'] }, /keeps nothing safer/],
  ['a copy twice', { copyRegions: ['us-west-2', 'us-west-2'] }, /keeps nothing safer/],
  ['a rate for a schedule', { rules: [{ ...DAILY, schedule: 'rate(1 day)' }] }, /schedule/],
  ['a short window', { rules: [{ ...DAILY, startWindow: Duration.minutes(30) }] }, /startWindow/],
  [
    'no time to end',
    { rules: [{ ...DAILY, completionWindow: Duration.minutes(100) }] },
    /completionWindow.*received 100/,
  ],
  [
    'continuous backups of a year',
    { rules: [{ ...DAILY, continuous: true, deleteAfter: Duration.days(365) }] },
    /35 days at the most/,
  ],
  [
    'a point that the lock does not admit',
    { lock: { minimumRetention: Duration.days(60) } },
    /lock of the vault does not admit it/,
  ],
  [
    'a lock that nobody can take back',
    { lock: { minimumRetention: Duration.days(7), changeableFor: Duration.days(1) } },
    /lock\.changeableFor/,
  ],
  [
    'copies that are deleted while cold',
    {
      rules: [{ ...DAILY, copies: { deleteAfter: Duration.days(60), coldStorageAfter: Duration.days(30) } }],
    },
    /rules\[0\]\.copies\.coldStorageAfter/,
  ],
  [
    'copies that the lock does not admit',
    {
      rules: [{ ...DAILY, copies: { deleteAfter: Duration.days(5) } }],
      lock: { minimumRetention: Duration.days(7) },
    },
    /rules\[0\]\.copies\.deleteAfter/,
  ],
  ['a wait of two weeks', { expectedWithin: Duration.days(14) }, /expectedWithin/],
  ['a vault name with a space', { vaultName: 'my backups' }, /vaultName/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(props)).toThrow(message);
});
