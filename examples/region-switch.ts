/** A plan of ARC Region switch, from the plan that a drill of the same topology follows. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { RegionSwitch } from '../constructs';
import { drillSettings, planDrill } from '../lib/drill';
import orders from '../regions/examples/orders';

const REGIONS = ['us-east-2', 'us-west-2'] as const;

/** Declares the plan, in the Region of the standby. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'RegionSwitch', { env: { account: '000000000000', region: 'us-west-2' } });
  const { partition, account } = stack;
  const each = (of: (region: string) => string) =>
    Object.fromEntries(REGIONS.map(region => [region, `arn:${partition}:${of(region)}`]));
  const plan = (from: string, to: string) =>
    planDrill({
      mode: 'switchover',
      id: `${from}-${to}`,
      to,
      timeScale: 1,
      capacity: [],
      scaleUp: true,
      before: { epoch: 1, phase: 'active', region: from },
      settings: drillSettings(orders),
    });
  new RegionSwitch(stack, 'Switch', {
    plans: [plan(REGIONS[0], REGIONS[1]), plan(REGIONS[1], REGIONS[0])],
    actions: each(region => `lambda:${region}:${account}:function:orders-switch-step`),
    // A step of your own among those of the drill: once the register says active, and not again when it was done.
    customSteps: [
      {
        name: 'tell-partner',
        description: 'Tells the partner from which Region orders come from now on',
        functions: each(region => `lambda:${region}:${account}:function:orders-tell-partner`),
        timeout: Duration.minutes(5),
        after: 'activate',
      },
    ],
    database: {
      globalClusterIdentifier: 'orders-global',
      clusterArns: each(region => `rds:${region}:${account}:cluster:orders-${region}`),
    },
    healthAlarms: each(region => `cloudwatch:${region}:${account}:alarm:orders-health`),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
