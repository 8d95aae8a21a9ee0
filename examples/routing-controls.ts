/** Routing controls of Application Recovery Controller, and a failover chain that they turn. */
import { App, Stack } from 'aws-cdk-lib';
import { FailoverDns, RoutingControls } from '../constructs';

const ENDPOINTS = ['ap-northeast-1', 'ap-southeast-2', 'eu-west-1', 'us-east-1', 'us-west-2'];

/** Declares panel, controls and the records of `us-west-2`; the other Regions get the controls' ARNs as text. */
export function build(app: App): Stack {
  const region = 'us-west-2';
  const stack = new Stack(app, 'RoutingControls', { env: { account: '000000000000', region } });
  const { partition, account } = stack;
  const controls = new RoutingControls(stack, 'Controls', {
    name: 'orders',
    clusterArn: `arn:${partition}:route53-recovery-control::${account}:cluster/0a1b2c3d`,
    regions: ['us-east-2', region],
  });
  new FailoverDns(stack, 'Dns', {
    region,
    chain: ['us-east-2', region],
    hostedZoneId: 'Z0000000000ORDERS000',
    host: 'orders.example.com',
    service: { dnsName: 'orders-123.us-west-2.elb.example', hostedZoneId: 'Z1H1FL5HABSF5' },
    gate: { dnsName: 'gate-123.us-west-2.example', hostedZoneId: 'Z2OJLYMUO9EFXC' },
    turn: controls.turn(
      ENDPOINTS.map(at => ({ region: at, url: `https://host-0a1b2c.${at}.recovery.example/v1` })),
      '/orders/turn',
    ),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
