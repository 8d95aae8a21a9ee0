/** No deploy of two applications' stacks begins while the orders' Regions are being moved. */
import { App, Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { DeployInterlock } from '../constructs';

/** Declares the interlock of `us-west-2`, in a stack of its own, which it exempts; every Region has one. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'DeployInterlock', { env: { account: '000000000000', region: 'us-west-2' } });
  const interlock = new DeployInterlock(stack, 'Interlock', {
    application: 'orders',
    stackNames: ['orders-*', 'billing-orders'],
    // Leave it out to use the interlock that comes with the package.
    code: Code.fromInline('exports.handler = async () => ({ hookStatus: "FAILED" });'),
  });
  // Attach it to the people on call: `holdfast interlock open` needs it.
  interlock.grantBreakGlass(new ManagedPolicy(stack, 'BreakGlass'));
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
