import { App, Duration, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Register, Saga } from '../constructs';

/** An order over three systems: what was reserved and charged is given back when it cannot be shipped. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'saga', { env: { account: '111111111111', region: 'us-east-2' } });
  const named = (name: string) => LambdaFunction.fromFunctionName(stack, name, `orders-${name}`);
  const timeout = Duration.seconds(10);
  new Saga(stack, 'PlaceOrder', {
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
    steps: [
      { name: 'check', action: named('check'), compensation: 'nothing', timeout },
      { name: 'reserve', action: named('reserve'), compensation: named('release'), timeout },
      { name: 'charge', action: named('charge'), compensation: named('refund'), timeout },
      { name: 'ship', action: named('ship'), compensation: named('recall'), timeout: Duration.minutes(1) },
    ],
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
