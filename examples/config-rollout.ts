import { App, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ConfigRollout } from '../constructs';

/** A configuration and flags, rolled out one after the other and taken back while the alarm is on. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'config-rollout', { env: { account: '111111111111', region: 'us-east-2' } });
  const errors = stack.formatArn({ service: 'cloudwatch', resource: 'alarm:orders-errors' });
  const rollout = new ConfigRollout(stack, 'Config', {
    applicationName: 'orders',
    environmentName: 'live',
    monitors: [Alarm.fromAlarmArn(stack, 'Errors', errors)],
  });
  rollout.addConfiguration('limits', {
    kind: 'freeform',
    schema: { type: 'object', properties: { requestsPerSecond: { type: 'integer', minimum: 1 } } },
    content: { requestsPerSecond: 200 },
  });
  rollout.addConfiguration('flags', {
    kind: 'feature-flags',
    strategy: 'cautious',
    content: {
      version: '1',
      flags: { express: { name: 'Express delivery' } },
      values: {
        express: {
          _variants: [
            { name: 'staff', rule: '(eq $group "staff")', enabled: true },
            { name: 'everybody else', enabled: false },
          ],
        },
      },
    },
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
