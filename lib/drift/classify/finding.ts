import { createHash } from 'node:crypto';
import type { Action, Finding, FindingClass, Place } from '../model';
import type { Judged } from './rule';

/** A finding of a rule: its words, or the more exact ones of the verdict. What only may hold is unknown. */
export function findingOf(
  place: Place & { readonly action: Action },
  rule: { readonly id: string; readonly class: FindingClass; readonly why: string; readonly fix: string },
  verdict: Judged,
  paths: readonly string[],
): Finding {
  const { region, stack, resource, type, action } = place;
  const path = [...paths].sort().join(', ');
  const key = JSON.stringify([rule.id, region, stack, resource, path]);
  return {
    id: `${rule.id}-${createHash('sha256').update(key).digest('hex').slice(0, 10)}`,
    rule: rule.id,
    class: verdict.holds === 'perhaps' ? 'unknown' : rule.class,
    ...{ region, stack, resource, type, action, path },
    why: verdict.why ?? rule.why,
    fix: verdict.fix ?? rule.fix,
  };
}
