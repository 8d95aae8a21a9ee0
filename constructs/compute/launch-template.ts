import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CloneGroupProps } from './clone-group-props';
import { SHEBANG } from './user-data';

/**
 * Launch template of a clone: no public address, IMDSv2 only and one hop away, encrypted gp3 root, minute metrics.
 * Its user data is a script that is still empty.
 *
 * The default image is the public parameter of Amazon Linux 2023, read by CloudFormation at each deploy. Read at
 * each launch instead (`resolve:ssm:` in the template), clones of one group could differ, and a failover would try
 * an image that nobody has tested at the moment when new clones matter most.
 */
export function declareLaunchTemplate(
  scope: Construct,
  props: CloneGroupProps & { readonly role: iam.IRole },
): ec2.LaunchTemplate {
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc: props.vpc,
    description: `Clones of ${scope.node.path}`,
  });
  return new ec2.LaunchTemplate(scope, 'Template', {
    instanceType: new ec2.InstanceType(props.instanceType ?? 'm7i.large'),
    machineImage: props.machineImage ?? ec2.MachineImage.latestAmazonLinux2023(),
    userData: ec2.UserData.custom(SHEBANG),
    role: props.role,
    securityGroup,
    associatePublicIpAddress: false,
    requireImdsv2: true,
    httpPutResponseHopLimit: 1,
    detailedMonitoring: true,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: ec2.BlockDeviceVolume.ebs(props.volumeSizeGiB ?? 16, {
          encrypted: true,
          volumeType: ec2.EbsDeviceVolumeType.GP3,
          deleteOnTermination: true,
        }),
      },
    ],
  });
}
