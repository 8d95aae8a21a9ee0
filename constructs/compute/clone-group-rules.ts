import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { matching, type Rule, wholeNumber } from '../validation';
import { bootTimeoutOf } from './auto-scaling';
import { capacityRules } from './clone-capacity';
import type { CloneGroupProps } from './clone-group-props';
import { lifecycleRules } from './clone-lifecycle';
import { updateRules } from './clone-update';
import { environmentRules } from './user-data';

/** Everything that a clone group's props must satisfy; all of it is checked at once. */
export function cloneGroupRules(props: CloneGroupProps): Rule[] {
  const { minimumClones, maximumClones } = props;
  return [
    wholeNumber('minimumClones', minimumClones, 0, 10_000),
    wholeNumber('maximumClones', maximumClones, 2, 10_000),
    minimumClones >= maximumClones && {
      path: 'maximumClones',
      received: maximumClones,
      message: 'no room for a rolling update, which adds a clone before it takes one',
      fix: `use at least ${minimumClones + 1}`,
    },
    wholeNumber('port', props.port ?? 8080, 1024, 65_535),
    wholeNumber('volumeSizeGiB', props.volumeSizeGiB ?? 16, 8, 16_384),
    wholeNumber('bootTimeout (seconds)', bootTimeoutOf(props).toSeconds(), 60, 3_600),
    props.groupName !== undefined &&
      matching(
        'groupName',
        props.groupName,
        /^[A-Za-z0-9._/-]{1,255}$/,
        'use up to 255 letters, digits, dots, underscores, slashes and hyphens',
      ),
    ...architectureRules(props),
    ...zoneRules(props),
    ...environmentRules(props.environment ?? {}),
    ...updateRules(props),
    ...lifecycleRules(props),
    ...capacityRules(props),
  ];
}

/** The default image and run time are for x64; another architecture brings its own of both. */
function architectureRules({ instanceType, machineImage, artifact }: CloneGroupProps): Rule[] {
  if (instanceType === undefined || Token.isUnresolved(instanceType)) return [];
  const form = matching(
    'instanceType',
    instanceType,
    /^[a-z0-9-]+\.[a-z0-9-]+$/,
    'use a type such as m7i.large',
  );
  if (form !== undefined) return [form];
  const isArm = new ec2.InstanceType(instanceType).architecture === ec2.InstanceArchitecture.ARM_64;
  const isOwn = machineImage !== undefined && artifact !== undefined;
  return [
    isArm &&
      !isOwn && {
        path: 'instanceType',
        received: instanceType,
        message: 'an Arm type cannot run the default image and run time, which are for x64',
        fix: 'use an x64 type such as m7i.large, or pass machineImage and artifact for Arm',
      },
  ];
}

/** One zone would make the loss of a zone the loss of the service. */
function zoneRules({ vpc, vpcSubnets }: CloneGroupProps): Rule[] {
  const { availabilityZones } = vpc.selectSubnets(vpcSubnets);
  return [
    new Set(availabilityZones).size < 2 && {
      path: 'vpcSubnets',
      received: availabilityZones.length,
      message: 'clones need subnets in at least two zones',
      fix: 'select subnets of two zones or more',
    },
  ];
}
