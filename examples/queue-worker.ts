import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { QueueWorker, Register } from '../constructs';

/**
 * Orders worked one after the other for each customer, by a function, in the Region that the register names active.
 * `examples/work/work.cjs` is the work; the handler around it keeps the order and reports each failure.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'queue-worker', { env: { account: '111111111111', region: 'us-east-2' } });
  const work = new QueueWorker(stack, 'Work', {
    queueName: 'orders-work.fifo',
    deadLetterQueueName: 'orders-work-dead.fifo',
    fifo: true,
    processingTime: Duration.seconds(20),
  });
  work.addFunction({
    work: Code.fromAsset(path.join(__dirname, 'work')),
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
    maximumConcurrency: 20,
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
