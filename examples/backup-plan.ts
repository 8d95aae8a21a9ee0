import { App, Duration, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BackupPlan } from '../constructs';

/** Everything tagged `application: orders`: each day for five weeks, each month for a year, with copies in us-west-2. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'backup-plan', { env: { account: '111111111111', region: 'us-east-2' } });
  new BackupPlan(stack, 'Backups', {
    planName: 'orders',
    vaultName: 'orders-backups',
    rules: [
      { name: 'daily', schedule: 'cron(0 3 * * ? *)', deleteAfter: Duration.days(35), continuous: true },
      {
        name: 'monthly',
        schedule: 'cron(0 5 1 * ? *)',
        deleteAfter: Duration.days(365),
        coldStorageAfter: Duration.days(30),
      },
    ],
    selection: { tags: { application: 'orders' } },
    copyRegions: ['us-west-2'],
    expectedWithin: Duration.days(1),
    lock: { minimumRetention: Duration.days(7) },
    encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
    alarmTopic: new Topic(stack, 'Alarms', { enforceSSL: true }),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
