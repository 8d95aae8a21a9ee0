import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, Duration } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addConfiguration } from './configuration';

const ARTIFACTS = path.join(__dirname, '..', '..', 'artifacts');

/** What the service of a Region needs. */
export interface PlainServiceProps {
  readonly vpc: ec2.IVpc;
  readonly certificate: ICertificate;
  readonly databaseSecurityGroup: ec2.ISecurityGroup;
  readonly cacheSecurityGroup: ec2.ISecurityGroup;
}

/** Balancer, two groups of clones, workers with their queue, and configuration. */
export class PlainService extends Construct {
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly targetGroups: readonly elb.ApplicationTargetGroup[];
  readonly groups: readonly autoscaling.AutoScalingGroup[];
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, props: PlainServiceProps) {
    super(scope, 'Service');
    const { vpc } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    new LogGroup(this, 'ProcessLogs', { retention: RetentionDays.THREE_MONTHS });
    const logs = new Bucket(this, 'Logs', { enforceSSL: true, encryption: BucketEncryption.S3_MANAGED });
    this.balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    this.balancer.logAccessLogs(logs);
    this.groups = ['Blue', 'Green', 'Workers'].map(id => this.addGroup(id, props));
    for (const lifecycleTransition of [
      autoscaling.LifecycleTransition.INSTANCE_LAUNCHING,
      autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
    ]) {
      this.groups[2]?.addLifecycleHook(lifecycleTransition, { lifecycleTransition });
    }
    this.targetGroups = this.groups.slice(0, 2).map(
      (group, index) =>
        new elb.ApplicationTargetGroup(this, `Targets${index}`, {
          vpc,
          port: 8080,
          protocol: elb.ApplicationProtocol.HTTP,
          targets: [group],
          healthCheck: { path: '/readyz', interval: Duration.seconds(10) },
        }),
    );
    this.balancer.addListener('Https', {
      port: 443,
      certificates: [props.certificate],
      defaultAction: elb.ListenerAction.weightedForward(
        this.targetGroups.map((targetGroup, index) => ({ targetGroup, weight: index === 0 ? 100 : 0 })),
      ),
    });
    this.balancer.addRedirect();
    for (const group of this.groups.slice(0, 2)) {
      group.scaleOnRequestCount('Requests', { targetRequestsPerMinute: 12000 });
      group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    }
    addConfiguration(this);
  }

  private addGroup(id: string, props: PlainServiceProps): autoscaling.AutoScalingGroup {
    const role = new iam.Role(this, `${id}Role`, { assumedBy: new iam.ServicePrincipal('ec2') });
    const securityGroup = new ec2.SecurityGroup(this, `${id}SecurityGroup`, { vpc: props.vpc });
    const userData = ec2.UserData.forLinux();
    const template = new ec2.LaunchTemplate(this, `${id}Template`, {
      role,
      securityGroup,
      userData,
      instanceType: new ec2.InstanceType('c7i.large'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      requireImdsv2: true,
    });
    for (const name of ['app.tgz', 'runtime-x64.tgz']) this.addAsset(`${id}${name}`, name, role, userData);
    this.queue.grantSendMessages(role);
    if (id === 'Workers') this.queue.grantConsumeMessages(role);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] }));
    props.databaseSecurityGroup.connections.allowFrom(securityGroup, ec2.Port.tcp(5432));
    props.cacheSecurityGroup.connections.allowFrom(securityGroup, ec2.Port.tcp(6379));
    return new autoscaling.AutoScalingGroup(this, id, {
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: 'private' },
      launchTemplate: template,
      minCapacity: id === 'Green' ? 0 : 2,
      maxCapacity: 12,
    });
  }

  /** The same three files as the blueprint's, by the hashes that the build wrote down, so that both copy the same. */
  private addAsset(id: string, name: string, role: iam.IRole, userData: ec2.UserData): void {
    const { files } = JSON.parse(readFileSync(path.join(ARTIFACTS, 'manifest.json'), 'utf8')) as {
      files: Record<string, { sha256: string }>;
    };
    const asset = new Asset(this, id, {
      path: path.join(ARTIFACTS, name),
      assetHash: files[name]?.sha256,
      assetHashType: AssetHashType.CUSTOM,
    });
    asset.grantRead(role);
    userData.addS3DownloadCommand({ bucket: asset.bucket, bucketKey: asset.s3ObjectKey });
  }
}
