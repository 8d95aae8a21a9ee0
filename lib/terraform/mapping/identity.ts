import type { ResourceMapping } from '../resource-mapping';
import { attributeOf } from '../resource-mapping';
import { elsewhere, pairs, policy, same, single, TAGS } from '../rule';

/** Roles, keys and certificates. */
export const IDENTITY: Readonly<Record<string, ResourceMapping>> = {
  'AWS::IAM::Role': {
    type: 'aws_iam_role',
    ref: 'name',
    attributes: { Arn: 'arn', RoleId: 'unique_id' },
    properties: {
      ...same('Description MaxSessionDuration Path'),
      AssumeRolePolicyDocument: policy('assume_role_policy'),
      ManagedPolicyArns: elsewhere,
      RoleName: 'name',
      ...TAGS,
    },
    companions: [
      {
        property: 'ManagedPolicyArns',
        make: (arns, { main }) =>
          (Array.isArray(arns) ? arns : []).map((arn, index) => ({
            type: 'aws_iam_role_policy_attachment',
            suffix: `managed_${index + 1}`,
            arguments: { role: attributeOf(main.address, 'name'), policy_arn: arn },
          })),
      },
    ],
  },
  'AWS::IAM::Policy': {
    type: 'aws_iam_role_policy',
    properties: { PolicyDocument: policy('policy'), PolicyName: 'name', Roles: single('role') },
  },
  'AWS::IAM::ManagedPolicy': {
    type: 'aws_iam_policy',
    ref: 'arn',
    attributes: { PolicyArn: 'arn' },
    properties: {
      ...same('Description Path'),
      ManagedPolicyName: 'name',
      PolicyDocument: policy('policy'),
      Roles: elsewhere,
    },
    companions: [
      {
        property: 'Roles',
        make: (roles, { main }) =>
          (Array.isArray(roles) ? roles : []).map((role, index) => ({
            type: 'aws_iam_role_policy_attachment',
            suffix: `role_${index + 1}`,
            arguments: { role, policy_arn: attributeOf(main.address, 'arn') },
          })),
      },
    ],
  },
  'AWS::KMS::Key': {
    type: 'aws_kms_key',
    ref: 'key_id',
    attributes: { Arn: 'arn', KeyId: 'key_id' },
    properties: {
      ...same('Description EnableKeyRotation MultiRegion'),
      KeyPolicy: policy('policy'),
      PendingWindowInDays: 'deletion_window_in_days',
      RotationPeriodInDays: 'rotation_period_in_days',
      Tags: pairs('tags'),
    },
  },
  'AWS::KMS::Alias': {
    type: 'aws_kms_alias',
    ref: 'name',
    properties: { AliasName: 'name', TargetKeyId: 'target_key_id' },
  },
};
