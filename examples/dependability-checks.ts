import { App, Stack, Validations } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { acknowledge, DependabilityChecks } from '../constructs';

/** An app of which every stack is judged by the reliability rules; the one finding is acknowledged with its reason. */
export function build(app: App): Stack {
  Validations.of(app).addPlugins(new DependabilityChecks());
  const stack = new Stack(app, 'dependability-checks', {
    env: { account: '111111111111', region: 'us-east-2' },
  });
  new LogGroup(stack, 'Answers', { retention: RetentionDays.THREE_MONTHS });
  const audit = new LogGroup(stack, 'Audit', { retention: RetentionDays.INFINITE });
  acknowledge(
    audit,
    'Dependability-LogRetention',
    'The auditors keep these events for as long as the company exists.',
  );
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
