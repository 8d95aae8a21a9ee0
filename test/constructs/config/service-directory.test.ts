import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ServiceDirectory } from '../../../constructs/config/service-directory';
import type { DirectoryServiceOptions } from '../../../constructs/config/service-directory-props';
import { networkOf, stackIn } from '../stack';

function declare(namespaceName = 'orders.internal') {
  const stack = stackIn();
  const vpc = networkOf(stack);
  return { stack, vpc, directory: new ServiceDirectory(stack, 'Directory', { namespaceName, vpc }) };
}

function balancerIn({ stack, vpc }: ReturnType<typeof declare>) {
  return ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-2:000000000000:loadbalancer/app/cart/1',
    loadBalancerCanonicalHostedZoneId: 'Z1',
    loadBalancerDnsName: 'cart.example.com',
    securityGroupId: 'sg-1',
    vpc,
  });
}

test('a service is found by a private name, soon without an instance that says it is not well', () => {
  const { stack, directory } = declare();
  const service = directory.addService({ name: 'cart', timeToLive: Duration.seconds(5) });
  directory.grantRegister(service, new Role(stack, 'Cart', { assumedBy: new ServicePrincipal('ec2') }));
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', {
    Name: 'orders.internal',
    Vpc: 'vpc-1',
  });
  template.hasResourceProperties('AWS::ServiceDiscovery::Service', {
    Name: 'cart',
    DnsConfig: { RoutingPolicy: 'MULTIVALUE', DnsRecords: [{ TTL: 5, Type: 'A' }] },
    HealthCheckCustomConfig: { FailureThreshold: 1 },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({
          Action: Match.arrayWith(['servicediscovery:RegisterInstance']),
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('Servicecart'), 'Arn'] },
        }),
        Match.objectLike({ Action: ['route53:ChangeResourceRecordSets', 'route53:GetHostedZone'] }),
      ],
    },
  });
});

test('a load balancer is found by an alias and judges its own targets', () => {
  const parts = declare();
  parts.directory.addLoadBalancer('cart', balancerIn(parts));
  const template = Template.fromStack(parts.stack);
  template.hasResourceProperties('AWS::ServiceDiscovery::Service', {
    DnsConfig: { RoutingPolicy: 'WEIGHTED' },
    HealthCheckCustomConfig: Match.absent(),
  });
  template.hasResourceProperties('AWS::ServiceDiscovery::Instance', {
    InstanceAttributes: { AWS_ALIAS_DNS_NAME: 'cart.example.com' },
  });
});

describe('a mesh', () => {
  const parts = declare();
  const { stack, vpc, directory } = parts;
  const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2') });
  const mesh = directory.addServiceNetwork('Mesh', { name: 'orders' });
  const loadBalancer = balancerIn(parts);
  mesh.addService({ name: 'cart', loadBalancer, vpc, callers: [caller] });
  const template = Template.fromStack(stack);

  test('knows its callers by IAM, and nobody from outside the account', () => {
    template.hasResourceProperties('AWS::VpcLattice::ServiceNetwork', {
      AuthType: 'AWS_IAM',
      Name: 'orders',
    });
    template.hasResourceProperties('AWS::VpcLattice::AuthPolicy', {
      Policy: {
        Statement: [
          Match.objectLike({ Condition: { StringEquals: { 'aws:PrincipalAccount': '000000000000' } } }),
        ],
      },
    });
    template.hasResourceProperties('AWS::VpcLattice::AuthPolicy', {
      Policy: {
        Statement: [
          Match.objectLike({
            Principal: { AWS: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Caller'), 'Arn'] } },
          }),
        ],
      },
    });
  });

  test('speaks TLS on both sides and logs each call', () => {
    template.hasResourceProperties('AWS::VpcLattice::Listener', { Protocol: 'HTTPS', Port: 443 });
    template.hasResourceProperties('AWS::VpcLattice::TargetGroup', {
      Type: 'ALB',
      Config: { Protocol: 'HTTPS', VpcIdentifier: 'vpc-1' },
    });
    template.resourceCountIs('AWS::VpcLattice::AccessLogSubscription', 1);
  });

  test('lets nobody of the network in until told', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    template.hasResourceProperties('AWS::VpcLattice::ServiceNetworkVpcAssociation', {
      VpcIdentifier: 'vpc-1',
    });
  });

  test('refuses a service that nobody may call, and a port that is none', () => {
    expect(() => mesh.addService({ name: 'other', loadBalancer, vpc, callers: [], port: 0 })).toThrow(
      /port: .*\n.*callers: a service that nobody may call/,
    );
    expect(() => directory.addServiceNetwork('Bad', { name: 'sn-x' })).toThrow(
      /name: not of the accepted form/,
    );
  });
});

test.each(['internal', 'Orders.internal', 'orders..internal', '-a.b'])('refuses the namespace %s', name => {
  expect(() => declare(name)).toThrow(/namespaceName/);
});

test.each<[string, DirectoryServiceOptions, RegExp]>([
  ['a name of two labels', { name: 'a.b' }, /name: not of the accepted form/],
  [
    'an answer that is kept for an hour',
    { name: 'a', timeToLive: Duration.hours(1) },
    /timeToLive \(seconds\)/,
  ],
])('refuses %s', (_case, options, message) => {
  expect(() => declare().directory.addService(options)).toThrow(message);
});
