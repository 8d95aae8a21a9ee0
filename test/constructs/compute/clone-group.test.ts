import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Artifact } from '../../../constructs/compute/artifact';
import { CloneGroup, type CloneGroupProps } from '../../../constructs/compute/clone-group';
import { RegionNetwork } from '../../../constructs/network/region-network';

let folder: string;
let artifact: Artifact;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-clone-group-'));
  for (const name of ['app', 'runtime']) writeFileSync(path.join(folder, `${name}.tgz`), name);
  artifact = Artifact.fromFiles({
    app: path.join(folder, 'app.tgz'),
    runtime: path.join(folder, 'runtime.tgz'),
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function group(props: Partial<CloneGroupProps> = {}) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
  const { vpc } = new RegionNetwork(stack, 'Network', {
    cidr: '10.10.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    interfaceEndpoints: [],
    flowLogs: false,
  });
  const clones = new CloneGroup(stack, 'Clones', {
    vpc,
    artifact,
    minimumClones: 2,
    maximumClones: 12,
    ...props,
  });
  return { stack, clones, template: () => Template.fromStack(stack) };
}

/** The pieces of the only launch template's user data. */
function userData(template: Template): unknown[] {
  const [launch] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
  if (launch === undefined) throw new Error('no launch template');
  return launch.Properties.LaunchTemplateData.UserData['Fn::Base64']['Fn::Join'][1];
}

describe('size', () => {
  // BP-04
  test('smallest and largest, never a desired one', () => {
    const { template } = group();
    template().hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '2',
      MaxSize: '12',
      DesiredCapacity: Match.absent(),
    });
  });

  test('a deploy leaves sizes alone that have been set at run time', () => {
    group()
      .template()
      .hasResource('AWS::AutoScaling::AutoScalingGroup', {
        UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } },
      });
  });
});

describe('rolling update', () => {
  // BP-05
  test.each([
    { minimumClones: 2, inService: 2 },
    { minimumClones: 0, inService: 1 },
  ])('one at a time, waiting for each; never below $inService', ({ minimumClones, inService }) => {
    const { template } = group({ minimumClones, bootTimeout: Duration.minutes(25) });
    template().hasResource('AWS::AutoScaling::AutoScalingGroup', {
      UpdatePolicy: {
        AutoScalingRollingUpdate: {
          MinInstancesInService: inService,
          MaxBatchSize: 1,
          WaitOnResourceSignals: true,
          PauseTime: 'PT25M',
        },
      },
    });
  });

  test('the clone signals the group that waits, by the permission to signal this stack alone', () => {
    const template = group().template();
    const logicalId = Object.keys(template.findResources('AWS::AutoScaling::AutoScalingGroup'))[0] as string;
    expect(JSON.stringify(template.findResources('AWS::EC2::LaunchTemplate'))).toContain(
      `--resource ${logicalId} `,
    );
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: 'cloudformation:SignalResource',
            Effect: 'Allow',
            Resource: { Ref: 'AWS::StackId' },
          },
        ]),
      },
    });
  });
});

describe('clones', () => {
  test('IMDSv2 from one hop, no public address, encrypted gp3, minute metrics', () => {
    group()
      .template()
      .hasResourceProperties('AWS::EC2::LaunchTemplate', {
        LaunchTemplateData: {
          MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
          NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: false })],
          BlockDeviceMappings: [{ Ebs: Match.objectLike({ Encrypted: true, VolumeType: 'gp3' }) }],
          Monitoring: { Enabled: true },
        },
      });
  });

  test('the image is a public parameter that CloudFormation reads, not one looked up at synth', () => {
    const { template } = group();
    const images = Object.values(template().toJSON().Parameters as Record<string, { Type: string }>);
    expect(images.map(({ Type }) => Type)).toContain('AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>');
  });

  test('user data begins as a script, with the artifact by name and hash', () => {
    const [first] = userData(group().template());
    expect(first).toMatch(
      /^#!\/bin\/bash\n# holdfast-artifact s3:\/\/\S+\/[0-9a-f]{64}\.tgz sha256=[0-9a-f]{64} entry=service\n/,
    );
  });

  test('tokens in the environment are resolved by CloudFormation', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
    const { vpc } = new RegionNetwork(stack, 'Network', {
      cidr: '10.10.0.0/16',
      zoneIds: ['use2-az1', 'use2-az2'],
    });
    const queue = new Queue(stack, 'Queue');
    new CloneGroup(stack, 'Clones', {
      vpc,
      artifact,
      minimumClones: 1,
      maximumClones: 2,
      environment: { HOLDFAST_QUEUE_URL: queue.queueUrl },
    });
    const parts = userData(Template.fromStack(stack));
    const at = parts.findIndex(part => String(part).endsWith('\nHOLDFAST_QUEUE_URL='));
    expect(parts[at + 1]).toEqual({ Ref: stack.getLogicalId(queue.node.defaultChild as never) });
  });

  test('they may read their artifact and nothing else of its bucket', () => {
    group()
      .template()
      .hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Action: 's3:GetObject',
              Resource: {
                'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/[0-9a-f]{64}\\.tgz$')])],
              },
            }),
          ]),
        },
      });
  });
});

describe('health', () => {
  test('the load balancer judges a service, EC2 a worker', () => {
    group().template().hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 600,
    });
    group({ entry: 'worker' }).template().hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      HealthCheckType: 'EC2',
    });
  });
});

describe('as others see it', () => {
  test('it is granted to, connected and measured like any CDK resource', () => {
    const { stack, clones, template } = group({ groupName: 'orders-blue' });
    new Queue(stack, 'Queue').grantSendMessages(clones);
    clones.connections.allowFrom(ec2.Peer.ipv4('10.10.0.0/16'), ec2.Port.tcp(8080));
    expect(clones.metricInServiceClones().toMetricConfig().metricStat).toMatchObject({
      namespace: 'AWS/AutoScaling',
      metricName: 'GroupInServiceInstances',
    });
    expect(clones.metricCpuUtilization().namespace).toBe('AWS/EC2');
    expect(clones.metricDesiredClones().metricName).toBe('GroupDesiredCapacity');
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['sqs:SendMessage']) })]),
      },
    });
  });

  test('a role of one own is used', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
    const { vpc } = new RegionNetwork(stack, 'Network', {
      cidr: '10.10.0.0/16',
      zoneIds: ['use2-az1', 'use2-az2'],
      flowLogs: false,
    });
    const role = new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('ec2') });
    const clones = new CloneGroup(stack, 'Clones', {
      vpc,
      artifact,
      role,
      minimumClones: 1,
      maximumClones: 2,
    });
    expect(clones.role).toBe(role);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });
});

describe('refuses', () => {
  test.each<[string, Partial<CloneGroupProps>, RegExp]>([
    ['a fraction of a clone', { minimumClones: 1.5 }, /minimumClones.*received 1\.5/],
    ['no room to roll', { minimumClones: 4, maximumClones: 4 }, /maximumClones.*received 4; use at least 5/],
    ['a privileged port', { port: 80 }, /port.*received 80/],
    ['a tiny volume', { volumeSizeGiB: 4 }, /volumeSizeGiB.*received 4/],
    ['an endless boot', { bootTimeout: Duration.hours(2) }, /bootTimeout \(seconds\).*received 7200/],
    ['an Arm type with x64 artifacts', { instanceType: 'm7g.large' }, /instanceType.*"m7g\.large"/],
    ['a type that is none', { instanceType: 'large' }, /instanceType.*"large"/],
    ['a bad name', { groupName: 'orders blue' }, /groupName.*"orders blue"/],
    ['a bad key', { environment: { 'my-key': 'x' } }, /environment\.my-key/],
    ['a value with a line break', { environment: { KEY: 'a\nB=c' } }, /environment\.KEY/],
  ])('%s', (_, props, message) => {
    expect(() => group(props)).toThrow(message);
  });

  test('subnets of one zone', () => {
    const stack = new Stack(new App(), 'Stack');
    const { vpc } = new RegionNetwork(stack, 'Network', {
      cidr: '10.10.0.0/16',
      zoneIds: ['use2-az1', 'use2-az2'],
    });
    expect(
      () =>
        new CloneGroup(stack, 'Clones', {
          vpc,
          artifact,
          minimumClones: 1,
          maximumClones: 2,
          vpcSubnets: { subnets: vpc.privateSubnets.slice(0, 1) },
        }),
    ).toThrow(/vpcSubnets.*received 1/);
  });

  test('scaling by nothing', () => {
    expect(() => group().clones.scaleOnRequests({ requestsPerClonePerSecond: 0 })).toThrow(
      /requestsPerClonePerSecond.*received 0/,
    );
  });
});
