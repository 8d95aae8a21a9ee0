import { type JsonObject, own } from '../compare/values';
import type { Json, ResourceChange, Unchecked } from '../model';
import type { PlanPlace } from './unchecked';

/** What the plan tells of its checks, preconditions and postconditions. */
export interface CheckResults {
  readonly failed: readonly ResourceChange[];
  readonly unchecked: readonly Unchecked[];
}

/**
 * Checks whose condition does not hold, and those that were not decided. Their result stands in `checks` alone: the
 * exit code of `terraform plan` does not tell it.
 */
export function checkResults(plan: JsonObject, place: PlanPlace): CheckResults {
  const list = own(plan, 'checks');
  const here = {
    region: place.region ?? '-',
    stack: place.stack,
    type: 'check',
    source: 'terraform',
  } as const;
  const failed: ResourceChange[] = [];
  const unchecked: Unchecked[] = [];
  for (const check of Array.isArray(list) ? (list as readonly Json[]) : []) {
    const status = own(check, 'status');
    if (status === 'pass') continue;
    const resource = addressOf(check);
    if (status === 'fail') {
      const difference = { path: 'status', before: undefined, after: { problems: problemsOf(check) } };
      const values = { before: undefined, after: check, differences: [difference] };
      failed.push({ ...here, resource, action: 'none', ...values });
    } else {
      const why = `the check ended as ${typeof status === 'string' ? `"${status}"` : 'nothing'}, so it is not decided`;
      const fix = 'apply what it waits for and plan again, or mend the error in its condition';
      unchecked.push({ ...here, resource, why, fix });
    }
  }
  return { failed, unchecked };
}

function addressOf(check: Json): string {
  const address = own(own(check, 'address'), 'to_display');
  return typeof address === 'string' && address !== '' ? address : '-';
}

function problemsOf(check: Json): readonly string[] {
  const listOf = (value: Json | undefined) => (Array.isArray(value) ? (value as readonly Json[]) : []);
  return listOf(own(check, 'instances'))
    .flatMap(instance => listOf(own(instance, 'problems')))
    .map(problem => own(problem, 'message'))
    .filter(message => typeof message === 'string')
    .sort();
}
