import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';

/** Access key id under which the lab itself calls; drills leave its calls out of theirs. */
export const LAB_CALLER = 'lab-reconciler';

/** The SDK clients of one Region, all at the gateway. */
export interface RegionClients {
  readonly autoScaling: AutoScalingClient;
  readonly balancing: ElasticLoadBalancingV2Client;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamo: DynamoDBClient;
  /** Global; asked in one Region. */
  readonly route53: Route53Client;
}

/** Makes the clients of a Region. `endpoint` is the gateway's. */
export function regionClients(endpoint: string, region: string): RegionClients {
  const configuration = {
    endpoint,
    region,
    credentials: { accessKeyId: LAB_CALLER, secretAccessKey: 'lab' },
    maxAttempts: 1,
  };
  return {
    autoScaling: new AutoScalingClient(configuration),
    balancing: new ElasticLoadBalancingV2Client(configuration),
    ec2: new EC2Client(configuration),
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    ssm: new SSMClient(configuration),
    cloudWatch: new CloudWatchClient(configuration),
    dynamo: new DynamoDBClient(configuration),
    route53: new Route53Client(configuration),
  };
}

/** Closes the connections of a Region's clients. */
export function destroyClients(clients: RegionClients): void {
  for (const client of Object.values(clients)) client.destroy();
}
