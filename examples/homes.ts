/** Two homes of an active-active application, each written in one Region and moved alone. */
import { App, Stack } from 'aws-cdk-lib';
import { HomesDns } from '../constructs';

/** Declares the records of `us-east-2`, which may hold both homes. */
export function build(app: App): Stack {
  const region = 'us-east-2';
  const stack = new Stack(app, 'Homes', { env: { account: '000000000000', region } });
  const gate = (home: string) => ({ dnsName: `gate-${home}.example`, hostedZoneId: 'Z2OJLYMUO9EFXC' });
  new HomesDns(stack, 'Homes', {
    region,
    hostedZoneId: 'Z0000000000ORDERS000',
    host: 'orders.example.com',
    service: { dnsName: 'orders-123.us-east-2.elb.example', hostedZoneId: 'Z3AADJGX6KTTL2' },
    homes: [
      { name: 'us', chain: [region, 'us-west-2'], gate: gate('us') },
      { name: 'eu', chain: ['eu-west-1', region], gate: gate('eu') },
    ],
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
