import { type DriftRule, type Judged, type RuleContext, under } from '../../classify/rule';
import { own } from '../../compare/values';
import { broadening } from '../../iam/broadening';
import { type DocumentPair, documentsOf, tokensOf } from '../../iam/documents';
import type { Json, ResourceChange } from '../../model';
import { listOf } from '../values';
import { gainedByName, joinsWhatExists } from './iam-attached';
import { ofPermission } from './lambda-permission';

/** Who may do more than before, or may do it without what limited it. */
export const iamBroadening: DriftRule = {
  id: 'iam-broadening',
  class: 'danger',
  title: 'somebody may do more than before',
  why: 'a request comes through that did not come through before',
  fix: 'narrow the statement to what is needed, or have the change approved',
  apart: 'one Region lets somebody do more than the other',
  source: 'aws/aws-cdk#32482; AWS IAM, policy evaluation logic',
  judge: (change, context) => {
    if (change.action === 'delete' || change.action === 'forget') return removed(change, context);
    return [
      ...documentsOf(change).flatMap(pair => ofDocument(change, pair, context)),
      ...gainedByName(change),
      ...ofPermission(change, context.neighbours, tokensOf(change, context.facts)),
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
