import type { Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import { broadening } from '../../iam/broadening';
import type { Json, ResourceChange } from '../../model';
import { readJson } from '../../read-json';
import { UNKNOWN } from '../../terraform/unknown';
import { hasSecret, isEmpty, terraformDanger } from '../tf-values';
import { listOf } from '../values';
import { tfGainedByName, tfPermission } from './tf-iam-attached';

const DOCUMENTS = [
  ...['policy', 'assume_role_policy', 'access_policies', 'access_policy', 'resource_policy'],
  ...['policy_document', 'inline_policy'],
];
/** Who may do more than before, or may do it without what limited it. */
export const tfIamBroadening = terraformDanger({
  id: 'tf-iam-broadening',
  title: 'somebody may do more than before, in a Terraform plan',
  why: 'a request comes through that did not come through before',
  fix: 'narrow the statement to what is needed, or have the change approved',
  source: 'aws/aws-cdk#32482; AWS IAM, policy evaluation logic',
  judge: (change, context) => {
    if (['forget', 'import', 'move', 'read'].includes(change.action)) return undefined;
    const documents = DOCUMENTS.flatMap(name => ofDocument(change, name));
    return change.action === 'delete'
      ? documents
      : [...documents, ...tfGainedByName(change), ...tfPermission(change, context.neighbours)];
  },
});

/** A policy as a document: providers keep it as a JSON text. */
function documentOf(value: Json | undefined): Json | undefined {
  if (isEmpty(value)) return undefined;
  // The inline policies of a role add up.
  if (Array.isArray(value)) {
    const parts = (value as readonly Json[]).map(each => documentOf(own(each, 'policy')));
    return { Statement: parts.flatMap(each => listOf(own(each, 'Statement') ?? each)) };
  }
  if (typeof value !== 'string') return value;
  try {
    return readJson(value, 'policy');
  } catch {
    return value;
  }
}

function ofDocument(change: ResourceChange, name: string): Judged[] {
  const touched = change.differences.filter(
    ({ path }) => path === '' || path === name || path.startsWith(`${name}[`),
  );
  const isNew = change.action === 'create';
  if (touched.length === 0 && !isNew && change.action !== 'delete') return [];
  // The policy of a resource that goes as a whole limits nothing any more.
  if (change.action === 'delete' && !/_policy$/.test(change.type)) return [];
  const [old, next] = [own(change.before, name), own(change.after, name)];
  if (isEmpty(old) && isEmpty(next)) return [];
  const paths = isNew || change.action === 'delete' ? {} : { paths: touched.map(({ path }) => path) };
  if (JSON.stringify(next ?? null).includes(UNKNOWN))
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
    ...['repository', 'repository_name', 'event_bus_name', 'domain_name', 'backup_vault_name'],
    ...['resource_arn', 'file_system_id', 'rest_api_id', 'resource_identifier', 'topic_arn', 'policy_name'],
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
