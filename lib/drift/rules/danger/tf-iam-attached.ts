import type { Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { canonical } from '../../paths';
import { UNKNOWN } from '../../terraform/unknown';
import { isEmpty } from '../tf-values';
import { listOf } from '../values';
import { EVERYTHING } from './iam-attached';
import { callsBroadened, isService } from './lambda-permission';

/** What is attached to whom, by the names under which types say it. */
const ATTACHED = [
  ...[
    'managed_policy_arns',
    'roles',
    'users',
    'groups',
    'policy_arn',
    'policy_arns',
    'role',
    'user',
    'group',
  ],
  'managed_policy_arn',
];
/** Types of which each one gives somebody what another one may. */
const GIVING: ReadonlyMap<string, string> = new Map([
  ['aws_iam_user_group_membership', 'a user gets all that a group may'],
  ['aws_iam_group_membership', 'a user gets all that a group may'],
  ['aws_ssoadmin_account_assignment', 'somebody gets a set of permissions in an account'],
]);

/** What a role, user, group or permission set gains by name. */
export function tfGainedByName(change: ResourceChange): Judged[] {
  if (!/^aws_(?:iam|ssoadmin)_/.test(change.type)) return [];
  if (change.action === 'create') return ofNew(change);
  const gained = ATTACHED.flatMap((name): Judged[] => {
    const differing = change.differences.filter(({ path }) => path === name || path.startsWith(`${name}[`));
    if (differing.length === 0) return [];
    const before = listOf(own(change.before, name)).map(canonical);
    const isMore = listOf(own(change.after, name)).some(each => !before.includes(canonical(each)));
    const paths = differing.map(({ path }) => path);
    return isMore ? [{ holds: 'yes', paths, why: `${name} gains an entry, with all that it allows` }] : [];
  });
  return [...gained, ...ofBoundary(change)];
}

function ofNew(change: ResourceChange): Judged[] {
  const giving = GIVING.get(change.type);
  if (giving !== undefined) return [{ holds: 'yes', why: giving }];
  const policies = ['policy_arn', 'managed_policy_arn', 'managed_policy_arns'].flatMap(name =>
    listOf(own(change.after, name)),
  );
  const wide = policies.find(each => EVERYTHING.test(canonical(each)));
  if (wide !== undefined) return [{ holds: 'yes', why: `it allows everything: ${canonical(wide)}` }];
  if (!/_policy_attachment$/.test(change.type)) return [];
  const holder = ['role', 'user', 'group', 'permission_set_arn']
    .map(name => own(change.after, name))
    .find(value => !isEmpty(value));
  if (holder === UNKNOWN) return [];
  return [{ holds: 'yes', why: 'a policy is attached to what stands already, with all that it allows' }];
}

function ofBoundary(change: ResourceChange): Judged[] {
  const found = change.differences.find(({ path }) => path === 'permissions_boundary');
  if (found === undefined || isEmpty(found.before)) return [];
  const paths = [found.path];
  return isEmpty(found.after) && found.unknownAfter !== true
    ? [{ holds: 'yes', paths, why: 'the boundary of its permissions is taken away' }]
    : [{ holds: 'perhaps', paths, why: 'whether the other boundary is wider cannot be told' }];
}

/** Properties of a permission, as CloudFormation calls them. */
const PROPERTIES = {
  Action: 'action',
  FunctionName: 'function_name',
  Principal: 'principal',
  SourceArn: 'source_arn',
  SourceAccount: 'source_account',
  PrincipalOrgID: 'principal_org_id',
  FunctionUrlAuthType: 'function_url_auth_type',
  EventSourceToken: 'event_source_token',
} as const;

/** `aws_lambda_permission` is a statement of the function's policy, written otherwise. */
export function tfPermission(change: ResourceChange, neighbours: readonly ResourceChange[]): Judged[] {
  if (change.type !== 'aws_lambda_permission') return [];
  const [before, after] = [change.before, change.after].map(propertiesOf);
  if (change.action !== 'create') {
    const context = { isResource: () => false, region: change.region };
    return callsBroadened(change, before, after, context);
  }
  const [principal, name] = [own(after, 'Principal'), own(after, 'FunctionName')];
  const isLimited = Object.keys(PROPERTIES)
    .slice(3)
    .some(property => own(after, property) !== undefined);
  if (principal === '*' && !isLimited) return [{ holds: 'yes', why: 'everybody may call the function' }];
  const isNew = neighbours.some(
    each => each.action === 'create' && own(each.after, 'function_name') === name && each !== change,
  );
  if (isService(principal) || isNew || name === UNKNOWN) return [];
  return [{ holds: 'yes', why: 'somebody outside may call a function that stood before' }];
}

const propertiesOf = (resource: Json | undefined): Json =>
  Object.fromEntries(
    Object.entries(PROPERTIES)
      .map(([property, name]) => [property, own(resource, name)] as const)
      .filter(([, value]) => !isEmpty(value)),
  ) as Json;
