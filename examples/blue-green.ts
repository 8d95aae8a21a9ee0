import { App, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlueGreenBalancer,
  CloneGroup,
  EdgeGuard,
  LiveSettingsController,
  RegionNetwork,
} from '../constructs';

/**
 * An entry with two colours of clones behind it and a guard before it. The weights belong to whoever shifts traffic:
 * the template holds those of the birth, and the controller puts the stored ones back after each deploy.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'blue-green', { env: { account: '111111111111', region: 'us-east-2' } });
  const { vpc, privateSubnets } = new RegionNetwork(stack, 'Network', {
    cidr: '10.43.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2', 'use2-az3'],
    interfaceEndpoints: [],
  });
  const certificate = stack.formatArn({
    service: 'acm',
    resource: 'certificate',
    resourceName: 'of-the-shop',
  });
  const balancer = new BlueGreenBalancer(stack, 'Balancer', {
    vpc,
    certificates: [Certificate.fromCertificateArn(stack, 'Certificate', certificate)],
  });
  for (const colour of ['blue', 'green'] as const) {
    const clones = new CloneGroup(stack, colour === 'blue' ? 'Blue' : 'Green', {
      vpc,
      vpcSubnets: privateSubnets,
      groupName: `shop-${colour}`,
      minimumClones: colour === 'blue' ? 6 : 0,
      // Four carry the peak; the loss of one of three zones leaves that many of six.
      neededClones: colour === 'blue' ? 4 : undefined,
      maximumClones: 20,
      update: {
        strategy: 'refresh',
        alarms: [
          balancer.metricTargetErrors().createAlarm(stack, `Errors-${colour}`, {
            threshold: 50,
            evaluationPeriods: 3,
          }),
        ],
        bakeTime: Duration.minutes(15),
      },
      lifecycle: { drainTimeout: Duration.minutes(2) },
      mixedInstances: { instanceTypes: ['m7a.large', 'm6i.large'] },
    });
    balancer.attach(colour, clones);
    clones.scaleOnRequests({ requestsPerClonePerSecond: 200 });
  }
  const controller = new LiveSettingsController(stack, 'LiveSettings', {
    application: 'shop',
    balancer,
    groupNames: ['shop-blue', 'shop-green'],
  });
  const shift = new Role(stack, 'Shift', { assumedBy: new ServicePrincipal('states') });
  controller.weights.grantWrite(shift);
  new EdgeGuard(stack, 'Guard', {
    name: 'shop',
    resourceArns: [balancer.loadBalancer.loadBalancerArn],
    perClient: { requests: 1_000, windowSeconds: 60 },
    perKey: { requests: 6_000, windowSeconds: 60 },
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
