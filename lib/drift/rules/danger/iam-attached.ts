import { type Judged, under } from '../../classify/rule';
import { referencesOf } from '../../compare/references';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { listOf } from '../values';

/** What is attached to whom, by the names under which types say it. */
const ATTACHED = ['ManagedPolicyArns', 'Roles', 'Users', 'Groups', 'ManagedPolicies'];
const REFERENCES = ['CustomerManagedPolicyReferences'];
const TYPES = /^AWS::(?:IAM|SSO)::/;
/** Types of which each one gives somebody what another one may. */
const GIVING: Readonly<Record<string, string>> = {
  'AWS::IAM::UserToGroupAddition': 'a user gets all that a group may',
  'AWS::SSO::Assignment': 'somebody gets a set of permissions in an account',
};
/** Policies of AWS that allow everything, or to give it to oneself. */
export const EVERYTHING = /:iam::aws:policy\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)"/;

/** What a role, user, group or permission set gains by name. */
export function gainedByName(change: ResourceChange): Judged[] {
  if (!TYPES.test(change.type)) return [];
  if (change.action === 'create') return ofNew(change);
  const added = [...ATTACHED, ...REFERENCES].flatMap((name): Judged[] => {
    const paths = under(change, `Properties.${name}`).map(({ path }) => path);
    if (paths.length === 0) return [];
    const before = listOf(at(change.before, `Properties.${name}`)).map(canonical);
    const gained = listOf(at(change.after, `Properties.${name}`)).some(
      each => !before.includes(canonical(each)),
    );
    return gained ? [{ holds: 'yes', paths, why: `${name} gains an entry, with all that it allows` }] : [];
  });
  return [...added, ...ofBoundary(change)];
}

function ofNew(change: ResourceChange): Judged[] {
  const why = GIVING[change.type];
  if (why !== undefined) return [{ holds: 'yes', why }];
  const wide = ['ManagedPolicyArns', 'ManagedPolicies']
    .flatMap(name => listOf(at(change.after, `Properties.${name}`)))
    .find(each => EVERYTHING.test(canonical(each)));
  return wide === undefined ? [] : [{ holds: 'yes', why: `it is new and may do everything: ${named(wide)}` }];
}

const named = (policy: Json): string => /policy\/(\w+)/.exec(canonical(policy))?.[1] ?? '';

function ofBoundary(change: ResourceChange): Judged[] {
  const [boundary] = under(change, 'Properties.PermissionsBoundary');
  if (boundary === undefined || boundary.before === undefined) return [];
  const paths = [boundary.path];
  return boundary.after === undefined && boundary.unknownAfter !== true
    ? [{ holds: 'yes', paths, why: 'the boundary of its permissions is taken away' }]
    : [{ holds: 'perhaps', paths, why: 'whether the other boundary is wider cannot be told' }];
}

const HOLDERS = [
  ...['Roles', 'Users', 'Groups', 'RoleName', 'UserName', 'GroupName', 'Bucket', 'Queues', 'Queue', 'Topics'],
  ...['TopicArn', 'SecretId', 'FunctionName', 'ResourceArn', 'FileSystemId', 'RepositoryName', 'KeyId'],
  ...['BackupVaultName', 'EventBusName', 'ResourceIdentifier', 'RestApiId', 'VpcEndpointId', 'TableArn'],
];

/** Whether a new policy or permission belongs to something that stood before. */
export function joinsWhatExists(change: ResourceChange, neighbours: readonly ResourceChange[]): boolean {
  const holders = HOLDERS.flatMap(name => listOf(at(change.after, `Properties.${name}`)));
  const created = new Set(
    neighbours.filter(({ action }) => action === 'create').map(({ resource }) => resource),
  );
  return holders.some(each => !referencesOf(each).some(({ target }) => created.has(target)));
}
