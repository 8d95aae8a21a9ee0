import type { Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import { broadening } from '../../iam/broadening';
import type { Json, ResourceChange } from '../../model';
import { canonical } from '../../paths';
import { readJson } from '../../read-json';
import { UNKNOWN } from '../../terraform/unknown';
import { hasSecret, isEmpty, terraformDanger } from '../tf-values';
import { listOf } from '../values';

const DOCUMENTS = ['policy', 'assume_role_policy', 'access_policies', 'access_policy', 'resource_policy'];
const ATTACHED = [
  'managed_policy_arns',
  'roles',
  'users',
  'groups',
  'policy_arn',
  'policy_arns',
  'role',
  'user',
  'group',
];

/** Who may do more than before, or may do it without what limited it. */
export const tfIamBroadening = terraformDanger({
  id: 'tf-iam-broadening',
  title: 'somebody may do more than before, in a Terraform plan',
  why: 'a request comes through that did not come through before',
  fix: 'narrow the statement to what is needed, or have the change approved',
  source: 'aws/aws-cdk#32482; AWS IAM, policy evaluation logic',
  judge: change => {
    if (['forget', 'import', 'move', 'read'].includes(change.action)) return undefined;
    const documents = DOCUMENTS.flatMap(name => ofDocument(change, name));
    return change.action === 'delete'
      ? documents
      : [...documents, ...ofAttachment(change), ...ofBoundary(change), ...ofPermission(change)];
  },
});

/** A policy as a document: providers keep it as a JSON text. */
function documentOf(value: Json | undefined): Json | undefined {
  if (isEmpty(value)) return undefined;
  if (typeof value !== 'string') return value;
  try {
    return readJson(value, 'policy');
  } catch {
    return value;
  }
}

function ofDocument(change: ResourceChange, name: string): Judged[] {
  const touched = change.differences.filter(({ path }) => path === name || path === '');
  const isNew = change.action === 'create';
  if (touched.length === 0 && !isNew && change.action !== 'delete') return [];
  // The policy of a resource that goes as a whole limits nothing any more.
  if (change.action === 'delete' && !/_policy$/.test(change.type)) return [];
  const [old, next] = [own(change.before, name), own(change.after, name)];
  if (isEmpty(old) && isEmpty(next)) return [];
  const paths = isNew || change.action === 'delete' ? {} : { paths: touched.map(({ path }) => path) };
  if (next === UNKNOWN)
    return [
      { holds: 'perhaps', ...paths, why: `${name} is decided at apply, so what it allows cannot be told` },
    ];
  const [before, after] = [documentOf(old), documentOf(next)];
  const { verdict, example } = broadening(before, after, { isResource: () => false, region: change.region });
  if (verdict === 'no' || (isNew && !standsAlone(change) && !isWide(after))) return [];
  if (hasSecret(change, [name])) return [{ holds: verdict, ...paths }];
  return verdict === 'yes'
    ? [{ holds: 'yes', ...paths, why: `a request comes through that did not before: ${example}` }]
    : [{ holds: 'perhaps', ...paths, why: `whether more comes through cannot be told: ${example}` }];
}

/** Whether a new policy is laid on something that stood before: what it names is known, and so was made before. */
function standsAlone({ type, after }: ResourceChange): boolean {
  const holder = [
    'role',
    'user',
    'group',
    'bucket',
    'queue_url',
    'arn',
    'secret_arn',
    'key_id',
    'function_name',
  ];
  return (
    /_policy$/.test(type) && holder.some(name => !isEmpty(own(after, name)) && own(after, name) !== UNKNOWN)
  );
}

/** Whether a document allows every action, all but some, or lets in everybody without a condition. */
function isWide(document: Json | undefined): boolean {
  return listOf(own(document, 'Statement')).some(statement => {
    if (own(statement, 'Effect') !== 'Allow') return false;
    const principal = own(statement, 'Principal');
    const everybody = principal === '*' || listOf(own(principal, 'AWS')).includes('*');
    return (
      listOf(own(statement, 'Action')).includes('*') ||
      ['NotAction', 'NotPrincipal'].some(name => own(statement, name) !== undefined) ||
      (everybody && own(statement, 'Condition') === undefined)
    );
  });
}

function ofAttachment(change: ResourceChange): Judged[] {
  if (!change.type.startsWith('aws_iam_')) return [];
  if (change.action === 'create') {
    const holder = ['role', 'user', 'group']
      .map(name => own(change.after, name))
      .find(value => !isEmpty(value));
    if (!/_policy_attachment$/.test(change.type) || holder === UNKNOWN) return [];
    return [{ holds: 'yes', why: 'a policy is attached to what stands already, with all that it allows' }];
  }
  return ATTACHED.flatMap((name): Judged[] => {
    const differing = change.differences.filter(({ path }) => new RegExp(`^${name}(?:\\[|$)`).test(path));
    if (differing.length === 0) return [];
    const before = listOf(own(change.before, name)).map(canonical);
    const gained = listOf(own(change.after, name)).some(each => !before.includes(canonical(each)));
    const paths = differing.map(({ path }) => path);
    return gained ? [{ holds: 'yes', paths, why: `${name} gains an entry, with all that it allows` }] : [];
  });
}

function ofBoundary(change: ResourceChange): Judged[] {
  const found = change.differences.find(({ path }) => path === 'permissions_boundary');
  if (found === undefined || isEmpty(found.before)) return [];
  const paths = [found.path];
  return isEmpty(found.after) && found.unknownAfter !== true
    ? [{ holds: 'yes', paths, why: 'the boundary of its permissions is taken away' }]
    : [{ holds: 'perhaps', paths, why: 'whether the other boundary is wider cannot be told' }];
}

/** `aws_lambda_permission` is a statement of the function's policy, written otherwise. */
function ofPermission(change: ResourceChange): Judged[] {
  if (change.type !== 'aws_lambda_permission') return [];
  const limits = ['source_arn', 'source_account', 'principal_org_id', 'function_url_auth_type'];
  const open =
    own(change.after, 'principal') === '*' && limits.every(name => isEmpty(own(change.after, name)));
  if (change.action === 'create')
    return open ? [{ holds: 'yes', why: 'everybody may call the function' }] : [];
  const paths = change.differences
    .filter(
      ({ path, after, unknownAfter }) => limits.includes(path) && isEmpty(after) && unknownAfter !== true,
    )
    .map(({ path }) => path);
  return paths.length === 0
    ? []
    : [{ holds: 'yes', paths, why: 'a limit on who may call the function goes' }];
}
