import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

const ENDPOINTS = ['ssm', 'sqs', 'logs', 'monitoring', 'appconfigdata', 'secretsmanager', 'kms'];

/** A network with three tiers in three zones and the endpoints that clones use. */
export class PlainNetwork extends Construct {
  readonly vpc: ec2.Vpc;

  constructor(scope: Construct, { cidr, region }: { cidr: string; region: string }) {
    super(scope, 'Network');
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      availabilityZones: ['a', 'b', 'c'].map(letter => `${region}${letter}`),
      natGateways: 0,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'private', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        { name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
      flowLogs: { all: {} },
      restrictDefaultSecurityGroup: false,
    });
    const endpoints = new ec2.SecurityGroup(this, 'Endpoints', { vpc: this.vpc, allowAllOutbound: false });
    endpoints.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), 'clones');
    for (const name of ENDPOINTS) {
      this.vpc.addInterfaceEndpoint(name, {
        service: new ec2.InterfaceVpcEndpointAwsService(name),
        subnets: { subnetGroupName: 'private' },
        securityGroups: [endpoints],
        open: false,
      });
    }
  }
}
