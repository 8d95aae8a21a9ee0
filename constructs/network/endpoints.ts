import { Aws } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * What the blueprint's clones and workers call besides S3 and DynamoDB: Systems Manager (parameters and sessions),
 * queues, configuration, logs and metrics, and CloudFormation for the signal of a deploy.
 */
export const DEFAULT_INTERFACE_ENDPOINTS: readonly string[] = [
  'ssm',
  'ssmmessages',
  'sqs',
  'appconfigdata',
  'logs',
  'monitoring',
  'cloudformation',
];

/** Services whose requests name a resource that must belong to this account too. */
const OWN_RESOURCES_ONLY = ['s3', 'dynamodb', 'sqs'];

/** Where endpoints are declared. */
export interface EndpointsProps {
  readonly vpc: ec2.IVpc;
  /** Range from which endpoints may be called. */
  readonly cidr: string;
  /** Subnets that hold the interface endpoints and get routes to the gateway endpoints. */
  readonly subnets: ec2.SubnetSelection;
  readonly services: readonly string[];
}

/** Declares the gateway endpoints of S3 and DynamoDB and the interface endpoints asked for. */
export function addEndpoints(
  scope: Construct,
  props: EndpointsProps,
): Readonly<Record<string, ec2.InterfaceVpcEndpoint>> {
  const { vpc, cidr, subnets, services } = props;
  for (const [id, service] of Object.entries({
    s3: ec2.GatewayVpcEndpointAwsService.S3,
    dynamodb: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
  })) {
    const endpoint = new ec2.GatewayVpcEndpoint(scope, `Endpoint-${id}`, {
      vpc,
      service,
      subnets: [subnets],
    });
    endpoint.addToPolicy(endpointPolicy(id));
  }
  if (services.length === 0) return {};
  const securityGroup = new ec2.SecurityGroup(scope, 'EndpointSecurityGroup', {
    vpc,
    description: 'AWS endpoints, reached over TLS from within the network',
    allowAllOutbound: false,
  });
  securityGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), 'TLS from the network');
  return Object.fromEntries(
    services.map(name => {
      const endpoint = new ec2.InterfaceVpcEndpoint(scope, `Endpoint-${name}`, {
        vpc,
        subnets,
        service: new ec2.InterfaceVpcEndpointAwsService(name),
        securityGroups: [securityGroup],
        open: false,
        privateDnsEnabled: true,
      });
      endpoint.addToPolicy(endpointPolicy(name));
      return [name, endpoint];
    }),
  );
}

/**
 * Lets principals of this account through and nobody else, so that stolen credentials of another account cannot be
 * used to carry data out; what a principal may do is for its own policy to say.
 */
function endpointPolicy(service: string): iam.PolicyStatement {
  const account = OWN_RESOURCES_ONLY.includes(service) ? { 'aws:ResourceAccount': Aws.ACCOUNT_ID } : {};
  return new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()],
    actions: ['*'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID, ...account } },
  });
}
