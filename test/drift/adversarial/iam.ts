import type { Json } from '../../../lib/drift/model';
import { resource, template } from '../judged';
import { type Adversarial, added, gone, pair } from './case';

const doc = (...Statement: readonly Json[]): Json => ({ Version: '2012-10-17', Statement });
const allow = (more: { readonly [key: string]: Json }): Json => ({
  ...{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' },
  ...more,
});
const policy = (name: string, before: Json, after: Json, right = 'danger iam-broadening'): Adversarial =>
  pair(
    name,
    'AWS::IAM::Policy',
    { PolicyName: 'p', PolicyDocument: doc(before), Roles: ['r'] },
    { PolicyName: 'p', PolicyDocument: doc(after), Roles: ['r'] },
    right,
  );
const trust = (name: string, before: Json, after: Json, right = 'danger iam-broadening'): Adversarial =>
  pair(
    name,
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: doc(before) },
    { AssumeRolePolicyDocument: doc(after) },
    right,
  );
const AUD = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
const github = (operator: string, sub: string): Json => {
  const subject = { 'token.actions.githubusercontent.com:sub': sub };
  const Condition =
    operator === 'StringEquals'
      ? { StringEquals: { ...AUD, ...subject } }
      : { StringEquals: AUD, [operator]: subject };
  const Principal = { Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com' };
  return { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal, Condition };
};
const lambda = (more: { readonly [key: string]: Json }): Json => ({
  ...{ FunctionName: 'f', Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' },
  ...{ SourceArn: 'arn:aws:events:us-east-2:1:rule/r' },
  ...more,
});

/** Who may do more. */
export const IAM: readonly Adversarial[] = [
  policy('one action becomes all but some', allow({}), {
    Effect: 'Allow',
    NotAction: 'iam:*',
    Resource: 'arn:aws:s3:::b/*',
  }),
  policy('one resource becomes all but one', allow({}), {
    Effect: 'Allow',
    Action: 's3:GetObject',
    NotResource: 'arn:aws:s3:::b/*',
  }),
  policy(
    'NotAction loses an entry',
    { Effect: 'Allow', NotAction: ['iam:*', 'kms:*'], Resource: '*' },
    { Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' },
  ),
  policy(
    'NotAction gains an entry',
    { Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' },
    { Effect: 'Allow', NotAction: ['iam:*', 'kms:*'], Resource: '*' },
    'change',
  ),
  policy('a condition goes', allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), allow({})),
  policy(
    'a condition holds also where its key is not sent',
    allow({ Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } }),
    allow({ Condition: { StringEqualsIfExists: { 'aws:PrincipalTag/team': 'a' } } }),
  ),
  policy(
    'one value becomes any',
    allow({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
    allow({ Condition: { StringLike: { 'aws:SourceVpce': '*' } } }),
  ),
  policy(
    'any value becomes one',
    allow({ Condition: { StringLike: { 'aws:SourceVpce': '*' } } }),
    allow({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
    'change',
  ),
  policy(
    'a Deny is limited by a condition',
    { Effect: 'Deny', Action: '*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
    },
  ),
  policy(
    'a Deny of everything but becomes one of less',
    { Effect: 'Deny', NotAction: 's3:*', Resource: '*' },
    { Effect: 'Deny', NotAction: ['s3:*', 'iam:*'], Resource: '*' },
  ),
  trust(
    'anybody may take the role',
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::1:root' } },
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } },
  ),
  trust(
    'a second account may take the role',
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111111111111' } },
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ['111111111111', '222222222222'] } },
  ),
  trust(
    'a branch of a repository becomes all of it',
    github('StringEquals', 'repo:o/app:ref:refs/heads/main'),
    github('StringLike', 'repo:o/app:*'),
  ),
  trust(
    'a repository becomes the organization',
    github('StringLike', 'repo:o/app:*'),
    github('StringLike', 'repo:o/*'),
  ),
  trust(
    'an organization becomes one repository',
    github('StringLike', 'repo:o/*'),
    github('StringLike', 'repo:o/app:*'),
    'change',
  ),
  trust(
    'a repository becomes a branch',
    github('StringLike', 'repo:o/app:*'),
    github('StringEquals', 'repo:o/app:ref:refs/heads/main'),
    'change',
  ),
  trust(
    'the external id goes',
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: '1' },
      Condition: { StringEquals: { 'sts:ExternalId': 'x' } },
    },
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '1' } },
  ),
  pair(
    'a managed policy is attached',
    'AWS::IAM::Role',
    { ManagedPolicyArns: [] },
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    'danger iam-broadening',
  ),
  pair('the boundary goes', 'AWS::IAM::Role', { PermissionsBoundary: 'arn:x' }, {}, 'danger iam-broadening'),
  pair(
    'another boundary',
    'AWS::IAM::Role',
    { PermissionsBoundary: 'arn:x' },
    { PermissionsBoundary: 'arn:y' },
    'unknown',
  ),
  pair('a first boundary', 'AWS::IAM::Role', {}, { PermissionsBoundary: 'arn:y' }, 'change'),
  added(
    'a new role is an administrator',
    'AWS::IAM::Role',
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    'danger iam-broadening',
  ),
  added(
    'a new role is an administrator, by a partition known at deploy',
    'AWS::IAM::Role',
    {
      ManagedPolicyArns: [
        { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AdministratorAccess']] },
      ],
    },
    'danger iam-broadening',
  ),
  added(
    'a new role reads logs',
    'AWS::IAM::Role',
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess'] },
    'change',
  ),
  added(
    'a policy of its own on a role that stands',
    'AWS::IAM::RolePolicy',
    { RoleName: 'r', PolicyName: 'p', PolicyDocument: doc(allow({})) },
    'danger iam-broadening',
  ),
  added(
    'a policy of its own on a user that stands',
    'AWS::IAM::UserPolicy',
    { UserName: 'u', PolicyName: 'p', PolicyDocument: doc(allow({})) },
    'danger iam-broadening',
  ),
  added(
    'a user joins a group that stands',
    'AWS::IAM::UserToGroupAddition',
    { GroupName: 'admins', Users: ['u'] },
    'danger iam-broadening',
  ),
  added(
    'a policy on a topic that stands',
    'AWS::SNS::TopicInlinePolicy',
    { TopicArn: 'arn:t', PolicyDocument: doc(allow({ Principal: { AWS: '2' } })) },
    'danger iam-broadening',
  ),
  added(
    'another account may call a function that stands',
    'AWS::Lambda::Permission',
    lambda({ Principal: '222222222222', SourceArn: { Ref: 'AWS::NoValue' } }),
    'danger iam-broadening',
  ),
  added('a rule may call a function that stands', 'AWS::Lambda::Permission', lambda({}), 'change'),
  pair(
    'everybody may call the function',
    'AWS::Lambda::Permission',
    lambda({}),
    lambda({ Principal: '*' }),
    'danger iam-broadening',
  ),
  pair(
    'more rules may call the function',
    'AWS::Lambda::Permission',
    lambda({}),
    lambda({ SourceArn: 'arn:aws:events:us-east-2:1:rule/*' }),
    'danger iam-broadening',
  ),
  pair(
    'fewer rules may call the function',
    'AWS::Lambda::Permission',
    lambda({ SourceArn: 'arn:aws:events:us-east-2:1:rule/*' }),
    lambda({}),
    'change',
  ),
  pair(
    'a policy that is kept as a text',
    'AWS::Logs::ResourcePolicy',
    {
      PolicyName: 'p',
      PolicyDocument: JSON.stringify(doc(allow({ Principal: { Service: 'es.amazonaws.com' } }))),
    },
    { PolicyName: 'p', PolicyDocument: JSON.stringify(doc(allow({ Principal: '*' }))) },
    'danger iam-broadening',
  ),
  pair(
    'a policy that is kept as a text, in another form',
    'AWS::Logs::ResourcePolicy',
    {
      PolicyName: 'p',
      PolicyDocument: JSON.stringify(doc(allow({ Principal: { Service: 'es.amazonaws.com' } }))),
    },
    {
      PolicyName: 'p',
      PolicyDocument: JSON.stringify(doc(allow({ Principal: { Service: ['es.amazonaws.com'] } })), null, 1),
    },
    'clean',
  ),
  pair(
    'a permission set gains a policy',
    'AWS::SSO::PermissionSet',
    { ManagedPolicies: [] },
    { ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    'danger iam-broadening',
  ),
  added(
    'somebody is assigned an account',
    'AWS::SSO::Assignment',
    { PrincipalId: 'g', PermissionSetArn: 'p', TargetId: '1' },
    'danger iam-broadening',
  ),
  pair(
    'guests may use the identity pool',
    'AWS::Cognito::IdentityPool',
    { AllowUnauthenticatedIdentities: false },
    { AllowUnauthenticatedIdentities: true },
    'danger network-opened',
  ),
  gone(
    'a policy of Denies goes',
    'AWS::IAM::Policy',
    {
      PolicyName: 'p',
      Roles: ['r'],
      PolicyDocument: doc({ Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' }),
    },
    'danger iam-broadening',
  ),
  gone(
    'the policy of a bucket with a Deny goes',
    'AWS::S3::BucketPolicy',
    {
      Bucket: 'b',
      PolicyDocument: doc({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    },
    'danger iam-broadening',
  ),
  gone(
    'a policy of Allows goes',
    'AWS::IAM::Policy',
    { PolicyName: 'p', Roles: ['r'], PolicyDocument: doc(allow({})) },
    'change',
  ),
  [
    'an inline policy moves into a role of the same template that already has it',
    template({
      R: resource('AWS::IAM::Role', { Policies: [{ PolicyName: 'a', PolicyDocument: doc(allow({})) }] }),
    }),
    template({
      R: resource('AWS::IAM::Role', { Policies: [{ PolicyName: 'b', PolicyDocument: doc(allow({})) }] }),
    }),
    'clean',
  ],
  [
    'a role is made for a policy by a mapping that widens',
    template(
      {
        P: resource('AWS::IAM::Policy', {
          Roles: ['r'],
          PolicyName: 'p',
          PolicyDocument: doc(allow({ Action: { 'Fn::FindInMap': ['M', 'a', 'b'] } })),
        }),
      },
      { Mappings: { M: { a: { b: 's3:GetObject' } } } },
    ),
    template(
      {
        P: resource('AWS::IAM::Policy', {
          Roles: ['r'],
          PolicyName: 'p',
          PolicyDocument: doc(allow({ Action: { 'Fn::FindInMap': ['M', 'a', 'b'] } })),
        }),
      },
      { Mappings: { M: { a: { b: 's3:*' } } } },
    ),
    'danger iam-broadening',
  ],
];
