import { type Rule, whether } from '../rule';

/** Instances answer metadata requests with a session token only. */
export const instanceMetadata: Rule = {
  id: 'InstanceMetadata',
  title: 'a launch template requires tokens for instance metadata (IMDSv2)',
  why: 'without them one forged request of the service hands out the credentials of the role, the way into every Region',
  fix: 'set MetadataOptions.HttpTokens to required',
  source: 'Amazon EC2, use IMDS to access instance metadata',
  types: ['AWS::EC2::LaunchTemplate'],
  evaluate: template =>
    whether(
      template,
      'Properties.LaunchTemplateData.MetadataOptions.HttpTokens',
      value => value === 'required',
    ),
};
