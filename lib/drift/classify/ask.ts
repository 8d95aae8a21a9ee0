import type { Finding, ResourceChange } from '../model';
import { findingOf } from './finding';
import type { DriftRule, Judged, RuleContext } from './rule';

/**
 * What a rule says of a change. One that fails has not looked: that is a finding, and the others judge on.
 *
 * @param findings takes what is to be told of a failure
 */
export function verdictsOf(
  rule: DriftRule,
  change: ResourceChange,
  context: RuleContext,
  findings: Finding[],
): readonly Judged[] {
  try {
    const verdict = rule.judge(change, context);
    const verdicts = verdict === undefined ? [] : Array.isArray(verdict) ? verdict : [verdict as Judged];
    const odd = verdicts.find(each => !isVerdict(each));
    if (odd === undefined) return verdicts;
    findings.push(failed(rule, change, 'it gives what is no verdict'));
  } catch (error) {
    findings.push(failed(rule, change, error instanceof Error ? error.message : String(error)));
  }
  return [];
}

/** Rules of users are JavaScript, which no compiler has looked at. */
function isVerdict(value: Judged | null): boolean {
  const isText = (each: unknown) => each === undefined || typeof each === 'string';
  return (
    typeof value === 'object' &&
    value !== null &&
    ['yes', 'perhaps'].includes(value.holds) &&
    (value.paths === undefined ||
      (Array.isArray(value.paths) && value.paths.every(path => typeof path === 'string'))) &&
    [value.why, value.fix].every(isText)
  );
}

const failed = (rule: DriftRule, change: ResourceChange, said: string): Finding =>
  findingOf(
    { ...change, action: 'none' },
    {
      ...{ id: rule.id, class: 'unchecked' },
      why: `the rule ${rule.id} failed, so what it looks for was not looked for: ${said.slice(0, 300)}`,
      fix: 'mend the rule, or take it out',
    },
    { holds: 'yes' },
    [],
  );
