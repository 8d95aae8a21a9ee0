import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, Aws } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { type BootFile, bootScript } from './boot';

const ARTIFACTS = path.join(__dirname, '..', '..', 'artifacts');
const FILES = ['app.tgz', 'runtime-x64.tgz'];

/** What a group of clones needs. */
export interface PlainClonesProps {
  readonly vpc: ec2.IVpc;
  readonly databaseSecurityGroup: ec2.ISecurityGroup;
  readonly cacheSecurityGroup: ec2.ISecurityGroup;
  readonly settings: Readonly<Record<string, string>>;
  readonly entry: 'service' | 'worker';
  readonly minimum: number;
}

/** A group of clones with its role and its boot script. */
export function addClones(
  scope: Construct,
  id: string,
  props: PlainClonesProps,
): autoscaling.AutoScalingGroup {
  const role = cloneRole(scope, `${id}Role`);
  const securityGroup = new ec2.SecurityGroup(scope, `${id}SecurityGroup`, {
    vpc: props.vpc,
    description: `Clones ${id}`,
  });
  const userData = ec2.UserData.forLinux();
  const files = FILES.map(name => addFile(scope, `${id}${name}`, name, role));
  userData.addCommands(...bootScript(props.entry, props.settings, files));
  const launchTemplate = new ec2.LaunchTemplate(scope, `${id}Template`, {
    role,
    securityGroup,
    userData,
    instanceType: new ec2.InstanceType('m7i.large'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    requireImdsv2: true,
    httpPutResponseHopLimit: 1,
    associatePublicIpAddress: false,
    detailedMonitoring: true,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: ec2.BlockDeviceVolume.ebs(16, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
      },
    ],
  });
  // The rules stand in this stack: it takes names from the data stack, which can then take none from here.
  for (const [name, group, port] of [
    ['Database', props.databaseSecurityGroup, 5432],
    ['Cache', props.cacheSecurityGroup, 6379],
  ] as const) {
    const entry = ec2.SecurityGroup.fromSecurityGroupId(scope, `${name}Of${id}`, group.securityGroupId);
    entry.connections.allowFrom(securityGroup, ec2.Port.tcp(port));
  }
  return new autoscaling.AutoScalingGroup(scope, id, {
    vpc: props.vpc,
    vpcSubnets: { subnetGroupName: 'private' },
    launchTemplate,
    minCapacity: props.minimum,
    maxCapacity: 12,
    groupMetrics: [autoscaling.GroupMetrics.all()],
    updatePolicy: autoscaling.UpdatePolicy.rollingUpdate({ maxBatchSize: 1 }),
  });
}

/** What the process may do, action by action. */
function cloneRole(scope: Construct, id: string): iam.Role {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ec2'), description: id });
  const place = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const arn = (service: string, rest: string) => `arn:${Aws.PARTITION}:${service}:${place}:${rest}`;
  const statements: readonly [readonly string[], string][] = [
    [
      ['ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:OpenDataChannel'],
      '*',
    ],
    [['dynamodb:GetItem', 'dynamodb:PutItem'], arn('dynamodb', 'table/plain-register')],
    [
      ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
      arn('appconfig', 'application/*'),
    ],
    [['logs:CreateLogStream', 'logs:PutLogEvents'], arn('logs', 'log-group:plain:*')],
    [['rds-db:connect'], arn('rds-db', 'dbuser:*/service')],
    [['elasticache:Connect'], arn('elasticache', 'replicationgroup:plain')],
    [['elasticache:Connect'], arn('elasticache', 'user:plain')],
  ];
  for (const [actions, resource] of statements) {
    role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [resource] }));
  }
  return role;
}

/** The same files as the blueprint's, by the hashes that the build wrote down, so that both copy the same. */
function addFile(scope: Construct, id: string, name: string, role: iam.IRole): BootFile {
  const { files } = JSON.parse(readFileSync(path.join(ARTIFACTS, 'manifest.json'), 'utf8')) as {
    files: Record<string, { sha256: string }>;
  };
  const sha256 = files[name]?.sha256 ?? '';
  const asset = new Asset(scope, id, {
    path: path.join(ARTIFACTS, name),
    assetHash: sha256,
    assetHashType: AssetHashType.CUSTOM,
  });
  asset.grantRead(role);
  return { bucket: asset.s3BucketName, key: asset.s3ObjectKey, sha256 };
}
