import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { EventStore, Register } from '../constructs';

/** Accounts as events, with a copy in the other Region and a projection that can be made anew from them. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'event-store', { env: { account: '111111111111', region: 'us-east-2' } });
  const accounts = new EventStore(stack, 'Accounts', { replicaRegions: ['us-west-2'] });
  accounts.addProjection('Balances', {
    processingTime: Duration.seconds(30),
    work: Code.fromAsset(path.join(__dirname, 'stream-work')),
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
