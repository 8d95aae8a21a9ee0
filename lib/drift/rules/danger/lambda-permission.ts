import type { Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import { broadening } from '../../iam/broadening';
import type { TokenContext } from '../../iam/glob';
import type { Json, ResourceChange } from '../../model';
import { joinsWhatExists } from './iam-attached';

/** Conditions that the service makes of the properties (AWS Lambda, AddPermission). */
const LIMITS: Readonly<Record<string, readonly [operator: string, key: string]>> = {
  SourceArn: ['ArnLike', 'AWS:SourceArn'],
  SourceAccount: ['StringEquals', 'AWS:SourceAccount'],
  PrincipalOrgID: ['StringEquals', 'aws:PrincipalOrgID'],
  FunctionUrlAuthType: ['StringEquals', 'lambda:FunctionUrlAuthType'],
  EventSourceToken: ['StringEquals', 'lambda:EventSourceToken'],
  InvokedViaFunctionUrl: ['Bool', 'lambda:InvokedViaFunctionUrl'],
};
/** Whether a principal is a service of AWS. */
export const isService = (principal: Json | undefined): boolean =>
  typeof principal === 'string' && /\.amazonaws\.com(?:\.cn)?$/.test(principal);

/** `AWS::Lambda::Permission` is a statement of the function's policy, written otherwise. */
export function ofPermission(
  change: ResourceChange,
  neighbours: readonly ResourceChange[],
  context: TokenContext,
): Judged[] {
  if (change.type !== 'AWS::Lambda::Permission') return [];
  const [before, after] = [change.before, change.after].map(each => own(each, 'Properties'));
  const principal = own(after, 'Principal');
  if (change.action === 'create') {
    const isLimited = Object.keys(LIMITS).some(name => own(after, name) !== undefined);
    if (principal === '*' && !isLimited) return [{ holds: 'yes', why: 'everybody may call the function' }];
    if (isService(principal) || !joinsWhatExists(change, neighbours)) return [];
    return [{ holds: 'yes', why: 'somebody outside may call a function that stood before' }];
  }
  return callsBroadened(change, before, after, context);
}

/** Whether more calls come through than before, by the properties of a permission in the form of CloudFormation. */
export function callsBroadened(
  change: ResourceChange,
  before: Json | undefined,
  after: Json | undefined,
  context: TokenContext,
): Judged[] {
  if (change.differences.length === 0) return [];
  const { verdict, example } = broadening(statementOf(before), statementOf(after), context);
  if (verdict === 'no') return [];
  const paths = change.differences.map(({ path }) => path);
  const said =
    verdict === 'yes' ? 'a call comes through that did not before' : 'whether more may call cannot be told';
  return [{ holds: verdict, paths, why: `${said}: ${example}` }];
}

function statementOf(properties: Json | undefined): Json {
  const principal = own(properties, 'Principal') ?? '*';
  const limits = Object.entries(LIMITS).flatMap(([name, [operator, key]]) => {
    const value = own(properties, name);
    return value === undefined ? [] : [{ operator, key, value }];
  });
  const operators = [...new Set(limits.map(each => each.operator))];
  const Condition = Object.fromEntries(
    operators.map(operator => [
      operator,
      Object.fromEntries(
        limits.filter(each => each.operator === operator).map(({ key, value }) => [key, value]),
      ),
    ]),
  );
  const Statement = {
    ...{ Effect: 'Allow', Action: own(properties, 'Action') ?? '*' },
    Resource: own(properties, 'FunctionName') ?? '*',
    Principal: principal === '*' ? '*' : { [isService(principal) ? 'Service' : 'AWS']: principal },
    ...(limits.length === 0 ? {} : { Condition }),
  };
  return { Statement: [Statement] };
}
