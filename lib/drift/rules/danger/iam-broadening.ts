import { type DriftRule, type Judged, type RuleContext, under } from '../../classify/rule';
import { own, textOf } from '../../compare/values';
import { broadening } from '../../iam/broadening';
import { type DocumentPair, documentsOf, tokensOf } from '../../iam/documents';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { listOf } from '../values';

/** Who may do more than before, or may do it without what limited it. */
export const iamBroadening: DriftRule = {
  id: 'iam-broadening',
  class: 'danger',
  title: 'somebody may do more than before',
  why: 'a request comes through that did not come through before',
  fix: 'narrow the statement to what is needed, or have the change approved',
  source: 'aws/aws-cdk#32482; AWS IAM, policy evaluation logic',
  judge: (change, context) => {
    if (change.action === 'delete' || change.action === 'forget') return removed(change, context);
    return [
      ...documentsOf(change).flatMap(pair => ofDocument(change, pair, context)),
      ...ofAttachments(change),
      ...ofPermission(change),
    ];
  },
};

function ofDocument(
  change: ResourceChange,
  pair: DocumentPair,
  { facts, neighbours }: RuleContext,
): Judged[] {
  const differs = under(change, pair.path);
  const isNew = change.action === 'create';
  if (differs.length === 0 && !isNew) return [];
  const tokens = tokensOf(change, facts);
  const { verdict, example } = broadening(pair.before, pair.after, tokens);
  if (verdict === 'no') return [];
  const paths = isNew ? {} : { paths: differs.map(({ path }) => path) };
  if (isNew && !joinsWhatExists(change, neighbours) && !isWide(pair.after)) return [];
  return verdict === 'yes'
    ? [{ holds: 'yes', ...paths, why: `a request comes through that did not before: ${example}` }]
    : [{ holds: 'perhaps', ...paths, why: `whether more comes through cannot be told: ${example}` }];
}

/** Whether a new policy belongs to a role, user, group, bucket or queue that stood before. */
function joinsWhatExists(change: ResourceChange, neighbours: readonly ResourceChange[]): boolean {
  const holders = ['Roles', 'Users', 'Groups', 'Bucket', 'Queues', 'Topics', 'SecretId', 'FunctionName'];
  const named = holders.flatMap(name => listOf(at(change.after, `Properties.${name}`)));
  const created = new Set(
    neighbours.filter(({ action }) => action === 'create').map(({ resource }) => resource),
  );
  return named.some(each => !created.has(textOf(own(each, 'Ref') ?? '')));
}

/** Whether a document allows every action, all but some, or lets in everybody without a condition. */
function isWide(document: Json | undefined): boolean {
  return listOf(own(document, 'Statement')).some(statement => {
    if (own(statement, 'Effect') !== 'Allow') return false;
    const everything =
      listOf(own(statement, 'Action')).includes('*') || own(statement, 'NotAction') !== undefined;
    const principal = own(statement, 'Principal');
    const everybody = principal === '*' || listOf(own(principal, 'AWS')).includes('*');
    return (
      everything ||
      own(statement, 'NotPrincipal') !== undefined ||
      (everybody && own(statement, 'Condition') === undefined)
    );
  });
}

/** A policy that goes takes its Denies with it. */
function removed(change: ResourceChange, { facts }: RuleContext): Judged[] {
  if (/^AWS::IAM::(?:Role|User|Group)$/.test(change.type)) return [];
  // The policy of a resource that goes as a whole limits nothing any more.
  if (!/Policy$/.test(change.type)) return [];
  return documentsOf(change).flatMap(({ before }): Judged[] => {
    const { verdict, example } = broadening(before, undefined, tokensOf(change, facts));
    if (verdict === 'no') return [];
    return [{ holds: verdict, why: `a Deny goes with the policy: ${example}` }];
  });
}

function ofAttachments(change: ResourceChange): Judged[] {
  if (!change.type.startsWith('AWS::IAM::') || change.action === 'create') return [];
  const added = (['ManagedPolicyArns', 'Roles', 'Users', 'Groups'] as const).flatMap((name): Judged[] => {
    const paths = under(change, `Properties.${name}`).map(({ path }) => path);
    if (paths.length === 0) return [];
    const before = listOf(at(change.before, `Properties.${name}`)).map(canonical);
    const gained = listOf(at(change.after, `Properties.${name}`)).some(
      each => !before.includes(canonical(each)),
    );
    return gained ? [{ holds: 'yes', paths, why: `${name} gains an entry, with all that it allows` }] : [];
  });
  const [boundary] = under(change, 'Properties.PermissionsBoundary');
  if (boundary === undefined || boundary.before === undefined) return added;
  const paths = [boundary.path];
  return boundary.after === undefined && boundary.unknownAfter !== true
    ? [...added, { holds: 'yes', paths, why: 'the boundary of its permissions is taken away' }]
    : [...added, { holds: 'perhaps', paths, why: 'whether the other boundary is wider cannot be told' }];
}

/** `AWS::Lambda::Permission` is a statement of the function's policy, written otherwise. */
function ofPermission(change: ResourceChange): Judged[] {
  if (change.type !== 'AWS::Lambda::Permission') return [];
  const limits = ['SourceArn', 'SourceAccount', 'PrincipalOrgID', 'FunctionUrlAuthType'];
  const open =
    at(change.after, 'Properties.Principal') === '*' &&
    limits.every(name => at(change.after, `Properties.${name}`) === undefined);
  if (change.action === 'create')
    return open ? [{ holds: 'yes', why: 'everybody may call the function' }] : [];
  const loosened = change.differences.filter(
    ({ path, after }) => limits.some(name => path === `Properties.${name}`) && after === undefined,
  );
  const paths = loosened.map(({ path }) => path);
  return paths.length === 0
    ? []
    : [{ holds: 'yes', paths, why: 'a limit on who may call the function goes' }];
}
