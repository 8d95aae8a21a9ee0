import { documentsOf, judgeAllowed, rolesOf } from '../parts/policies';
import { broken, COMPLIANT, gravest, type Judgement, NOT_APPLICABLE, type Rule } from '../rule';
import type { Resource, Template } from '../template';

/** A role by whose name or description one can tell that it moves a Region. */
const MOVES_A_REGION =
  /fail-?over|fail-?back|switch-?over|evacuat|drill(?!down)|disaster|moves? (a|the) region/i;

/** One call of each control plane that is not the Region's own; read or write, none answers when its Region is gone. */
const GLOBAL_CALLS = [
  ...['route53:ChangeResourceRecordSets', 'route53:GetHealthCheck', 'route53domains:UpdateDomainNameservers'],
  ...['iam:CreateRole', 'iam:GetRole', 'organizations:MoveAccount', 'account:EnableRegion'],
  ...['cloudfront:UpdateDistribution', 'globalaccelerator:UpdateEndpointGroup', 'networkmanager:UpdateSite'],
  ...['route53-recovery-control-config:UpdateSafetyRule', 's3:CreateBucket'],
  'elasticloadbalancing:CreateLoadBalancer',
];
const GLOBAL_SERVICES = new Set(
  GLOBAL_CALLS.map(call => call.split(':')[0]).filter(
    name => name !== 's3' && name !== 'elasticloadbalancing',
  ),
);
const BROAD_POLICY =
  /policy\/[\w/]*(AdministratorAccess|PowerUserAccess|Route53|IAMFull|CloudFront|GlobalAccelerator|Organizations)/;

/** A role that moves a Region calls no global control plane. */
export const failoverRole: Rule = {
  id: 'FailoverRole',
  title: 'a role that moves a Region is allowed nothing of a global control plane',
  why: 'Route 53, IAM, Organizations, Account, CloudFront, Global Accelerator and ARC are changed through one Region; when that Region is impaired, so is every move that needs them',
  fix: 'make records, roles and load balancers beforehand and turn traffic by health; leave these actions out of the role, wildcards included',
  source: 'law 2; AWS Fault Isolation Boundaries, global services',
  types: ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy'],
  evaluate: (resource, template) => {
    const isRole = resource.type === 'AWS::IAM::Role';
    const roles = isRole ? [resource] : rolesOf(resource, template);
    if (![...roles, ...(isRole ? [] : [resource])].some(movesRegion)) return NOT_APPLICABLE;
    const documents = documentsOf(resource).map(found => judgeAllowed(found, judgeAction, broken));
    return gravest([...(isRole ? [attachedPolicies(resource, template)] : []), ...documents]);
  },
};

function movesRegion(role: Resource | string): boolean {
  if (typeof role === 'string') return MOVES_A_REGION.test(role);
  const { RoleName, Description, PolicyName, ManagedPolicyName } = (role.raw.Properties ?? {}) as Record<
    string,
    unknown
  >;
  return MOVES_A_REGION.test(
    `${role.logicalId} ${JSON.stringify([RoleName, Description, PolicyName, ManagedPolicyName])}`,
  );
}

function judgeAction(action: string, path: string): Judgement {
  const [service = ''] = action.toLowerCase().split(':');
  // Passing a role is a permission that the Region's own API checks, not a call to IAM.
  if (action.toLowerCase() === 'iam:passrole') return COMPLIANT;
  if (GLOBAL_SERVICES.has(service)) return broken(path);
  const pattern = new RegExp(
    `^${action
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  );
  return GLOBAL_CALLS.some(call => pattern.test(call)) ? broken(path) : COMPLIANT;
}

function attachedPolicies(role: Resource, _template: Template): Judgement {
  const written = JSON.stringify(
    (role.raw.Properties as { ManagedPolicyArns?: unknown })?.ManagedPolicyArns ?? [],
  );
  return BROAD_POLICY.test(written) ? broken('Properties.ManagedPolicyArns') : COMPLIANT;
}
