import { App, Duration, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RegionNetwork, ServiceDirectory } from '../constructs';

/** Services of a Region that find each other by private names, and one that knows its callers by IAM. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'service-directory', {
    env: { account: '111111111111', region: 'us-east-2' },
  });
  const { vpc } = new RegionNetwork(stack, 'Network', {
    cidr: '10.44.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    internetFacing: false,
    interfaceEndpoints: [],
  });
  const directory = new ServiceDirectory(stack, 'Directory', { namespaceName: 'orders.internal', vpc });
  const prices = directory.addService({ name: 'prices', timeToLive: Duration.seconds(5) });
  directory.grantRegister(prices, new Role(stack, 'Prices', { assumedBy: new ServicePrincipal('ec2') }));

  const mesh = directory.addServiceNetwork('Mesh');
  const clients = new SecurityGroup(stack, 'Clients', { vpc, description: 'Clients of the mesh' });
  mesh.connections.allowDefaultPortFrom(clients, 'Clients of the mesh');
  mesh.addService({
    name: 'carts',
    vpc,
    loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Carts', {
      loadBalancerArn: stack.formatArn({
        service: 'elasticloadbalancing',
        resource: 'loadbalancer/app/carts',
        resourceName: '50dc6c495c0c9188',
      }),
      securityGroupId: 'sg-0123456789abcdef0',
      vpc,
    }),
    callers: [new Role(stack, 'Shop', { assumedBy: new ServicePrincipal('ec2') })],
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
