import { App, Stack } from 'aws-cdk-lib';
import { Register } from '../constructs';

/** The register of three Regions, none of which needs a witness: each holds a copy and a vote. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'register', { env: { account: '111111111111', region: 'us-east-2' } });
  new Register(stack, 'Register', {
    tableName: 'orders-register',
    regions: ['us-east-1', 'us-east-2', 'us-west-2'],
    consistency: { kind: 'strong' },
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
