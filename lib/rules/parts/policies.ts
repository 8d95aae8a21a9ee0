import { gravest, type Judgement, NOT_APPLICABLE, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { asList, isHidden, isObject, type Value } from '../value';

/** A policy document found in a template. */
export interface FoundDocument {
  /** Where in the resource. */
  readonly path: string;
  readonly document: Value;
}

/** The policy documents that a role or a policy resource holds itself. */
export function documentsOf(resource: Resource): readonly FoundDocument[] {
  if (resource.type !== 'AWS::IAM::Role') {
    return [{ path: 'Properties.PolicyDocument', document: resource.at('Properties.PolicyDocument') }];
  }
  return asList(resource.at('Properties.Policies')).map((policy, index) => ({
    path: `Properties.Policies.${index}.PolicyDocument`,
    document: isObject(policy) ? policy.PolicyDocument : policy,
  }));
}

/** The roles to which a policy resource is attached, as far as they stand in the template or have a literal name. */
export function rolesOf(policy: Resource, template: Template): readonly (Resource | string)[] {
  const named = [
    ...asList(policy.at('Properties.Roles')),
    ...asList(policy.at('Properties.RoleName')),
  ].flatMap(role => template.named('AWS::IAM::Role', role, 'Properties.RoleName') ?? text(role));
  const attaching = template
    .referrersOf(policy)
    .filter(({ path }) => path.startsWith('Properties.ManagedPolicyArns'))
    .map(({ resource }) => resource);
  return [...named, ...attaching];
}

/** Judges each action that the statements of a document allow. */
export function judgeAllowed(
  { path, document }: FoundDocument,
  judge: (action: string, path: string) => Judgement,
  allButListed: (path: string) => Judgement,
): Judgement {
  if (isHidden(document)) return unknown(path);
  const statements = isObject(document) ? document.Statement : undefined;
  if (isHidden(statements)) return unknown(`${path}.Statement`);
  return gravest(
    asList(statements).flatMap((statement, index) => {
      const at = `${path}.Statement.${index}`;
      if (!isObject(statement)) return unknown(at);
      if (statement.Effect === 'Deny') return NOT_APPLICABLE;
      if (statement.NotAction !== undefined) return allButListed(`${at}.NotAction`);
      return asList(statement.Action).map(action =>
        typeof action === 'string' ? judge(action, `${at}.Action`) : unknown(`${at}.Action`),
      );
    }),
  );
}

const text = (value: Value): string | readonly never[] => (typeof value === 'string' ? value : []);
