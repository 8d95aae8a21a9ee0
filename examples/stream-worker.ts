import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Register, StreamSources, StreamWorker } from '../constructs';

/**
 * A stream worked in order, in the active Region alone; and a Kafka topic behind the same props, in every Region.
 * `examples/stream-work/work.cjs` is the work.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'stream-worker', { env: { account: '111111111111', region: 'us-east-2' } });
  const work = Code.fromAsset(path.join(__dirname, 'stream-work'));
  const clicks = new Stream(stack, 'Clicks', { encryption: StreamEncryption.MANAGED });
  new StreamWorker(stack, 'Sessions', {
    source: StreamSources.kinesis(clicks, { enhancedFanOut: true }),
    processingTime: Duration.seconds(30),
    parallelization: 2,
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
    work,
  });
  new StreamWorker(stack, 'Prices', {
    source: StreamSources.kafkaTopic({
      clusterArn: stack.formatArn({ service: 'kafka', resource: 'cluster', resourceName: 'events/1b2c-3' }),
      topic: 'prices',
    }),
    processingTime: Duration.seconds(30),
    work,
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
