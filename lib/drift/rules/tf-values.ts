import type { DriftRule, Judged, RuleContext } from '../classify/rule';
import type { Difference, Json, ResourceChange } from '../model';
import { nameOf } from '../paths';
import { REVERTED_BY_PLAN } from '../terraform/drift';
import { isMarked, markBelow } from '../terraform/unknown';
import { type Leaf, leavesOf } from './leaves';

/** Whether a value is nothing, in whatever form providers write that. */
export const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Whether a change comes from a Terraform plan. */
export const isTerraform = ({ source }: ResourceChange): boolean =>
  source === 'terraform' || source === 'terraform-drift';

/** Whether the change was found in what runs, and is not one that the plan would make. */
export const isDrift = ({ source }: ResourceChange): boolean => source === 'terraform-drift';

/** A deposed object is left over from a replacement; the live one has the address without the key. */
export const isDeposed = (change: ResourceChange): boolean =>
  isTerraform(change) && /#[^#"\]]+$/.test(change.resource);

/** A value for a sentence; nothing of a secret one. */
export const shown = (value: Json | undefined, { sensitive }: Difference): string =>
  sensitive === true ? 'a secret value' : (JSON.stringify(value ?? null) ?? 'null').slice(0, 120);

/** Holds for the given differences; for none when there are none. */
export function holdsAt(
  differences: readonly (Difference & { readonly within?: string })[],
  more: (difference: Difference) => Partial<Judged> = () => ({}),
): readonly Judged[] {
  return differences.map(difference => ({
    ...{ holds: 'yes', paths: [difference.within ?? difference.path] },
    ...more(difference),
  }));
}

/** Values of which the last name is among `names`, and of which the new one is known. */
export const named = (change: ResourceChange, names: ReadonlySet<string>): readonly Leaf[] =>
  leavesOf(change).filter(({ path, unknownAfter }) => names.has(nameOf(path)) && unknownAfter !== true);

/** Whether the plan marks anything of the resource as secret under one of the names. */
export const hasSecret = ({ sensitive }: ResourceChange, names: readonly string[]): boolean =>
  [sensitive?.before, sensitive?.after].some(marks => names.some(name => isMarked(markBelow(marks, name))));

/**
 * A warning about what happens to a live object: no leftover, and no value that the plan itself puts back, of which
 * the cure is to apply the plan. What it says of a secret value, it says in the rule's own words alone.
 */
export function terraformDanger(
  rule: Omit<DriftRule, 'class' | 'types'> & { types?: readonly string[] },
): DriftRule {
  const judge = (change: ResourceChange, context: RuleContext) => {
    if (!isTerraform(change) || isDeposed(change) || change.reason === REVERTED_BY_PLAN) return undefined;
    const verdict = rule.judge(change, context);
    const secret = change.differences.filter(({ sensitive }) => sensitive === true).map(({ path }) => path);
    const quiet = ({ why, ...rest }: Judged): Judged =>
      why === undefined || rest.paths?.some(path => secret.includes(path)) === true ? rest : { ...rest, why };
    if (verdict === undefined) return undefined;
    return (Array.isArray(verdict) ? verdict : [verdict as Judged]).map(quiet);
  };
  return { types: ['aws_*'], ...rule, class: 'danger', judge };
}
