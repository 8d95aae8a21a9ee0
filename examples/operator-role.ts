import { App, Stack } from 'aws-cdk-lib';
import { OperatorRole, Register } from '../constructs';

const REGIONS = ['us-west-2', 'us-east-2'];

/**
 * The role in which people move Regions and look at jobs, made by the stack of one Region and good for both: it names
 * the other Region's parts and refers to none of them, so that it is there when the other Region is not.
 */
export function build(app: App): Stack {
  const [region = ''] = REGIONS;
  const stack = new Stack(app, 'operator-role', { env: { account: '111111111111', region } });
  new OperatorRole(stack, 'Operator', {
    roleName: `catalogue-operator-${region}`,
    regions: REGIONS,
    register: Register.fromTableName(stack, 'Register', 'catalogue-register'),
    globalClusterIdentifier: 'catalogue-global',
    clusters: REGIONS.map(name => ({ region: name, identifier: `catalogue-${name}` })),
    groupNames: ['catalogue-blue', 'catalogue-green'],
    liveSettings: '/catalogue/live/',
    breakGlass: '/catalogue/interlock/break-glass',
    jobs: { databaseUser: 'service', queueNames: ['catalogue-work', 'catalogue-work-dead'] },
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
