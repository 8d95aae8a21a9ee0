import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ObjectStore } from '../constructs';

/**
 * Receipts in two Regions, replicated both ways. Both buckets are born with `replication: 'awaiting-peers'`; then the
 * line goes, in either Region first.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'object-store', { env: { account: '111111111111', region: 'us-east-2' } });
  new ObjectStore(stack, 'Receipts', {
    bucketName: 'orders-receipts-111111111111-us-east-2',
    peers: [{ region: 'us-west-2', bucketName: 'orders-receipts-111111111111-us-west-2' }],
    alarmTopic: new Topic(stack, 'Alarms', { enforceSSL: true }),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
