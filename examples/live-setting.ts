import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LiveSetting } from '../constructs';

/** A switch that people turn at 3 a.m. and no deploy turns back: the template says what it may hold, never what it holds. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'live-setting', { env: { account: '111111111111', region: 'us-east-2' } });
  const intake = new LiveSetting(stack, 'Intake', {
    application: 'catalogue',
    name: 'intake',
    range: { kind: 'oneOf', values: ['open', 'paused'] },
  });
  // One owner writes; whoever serves reads.
  intake.grantWrite(new Role(stack, 'Runbook', { assumedBy: new ServicePrincipal('ssm') }));
  intake.grantRead(new Role(stack, 'Service', { assumedBy: new ServicePrincipal('ec2') }));
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
