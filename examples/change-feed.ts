import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ChangeFeed } from '../constructs';

/**
 * What an outbox publishes, told to an invalidator of the Region's cache, and kept as Parquet by day: reports ask
 * Athena and never the primary.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'change-feed', { env: { account: '111111111111', region: 'us-east-2' } });
  const feed = new ChangeFeed(stack, 'Changes');
  feed.addConsumer('Invalidator', {
    processingTime: Duration.seconds(10),
    work: Code.fromAsset(path.join(__dirname, 'stream-work')),
  });
  feed.addAnalytics('Reports', {
    tableName: 'orders',
    columns: { customerId: 'string', totalCents: 'bigint' },
    since: '2026-01-01',
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
