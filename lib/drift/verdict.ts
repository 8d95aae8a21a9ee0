import {
  CLASSES,
  type Counts,
  type DriftReport,
  type Finding,
  type FindingClass,
  type IgnoredFinding,
  type LookedAt,
  type Verdict,
} from './model';

/** From which class on findings fail a run. `any`: whatever is not noise. */
export type FailOn = 'any' | 'change' | 'danger';

/**
 * The report of a run, the gravest findings first.
 *
 * @param ignored what the ignore file takes out; nothing when there was none
 * @param stacks what was looked at
 */
export function reportOf(
  checked: number,
  findings: readonly Finding[],
  ignored?: readonly IgnoredFinding[],
  stacks: readonly LookedAt[] = [],
): DriftReport {
  const sorted = inOrder(findings);
  const count = (wanted: Finding['class']) => findings.filter(finding => finding.class === wanted).length;
  const counts: Counts = {
    checked,
    unchecked: count('unchecked'),
    unknown: count('unknown'),
    noise: count('noise'),
    expected: count('expected'),
    change: count('change'),
    danger: count('danger'),
    ...(ignored === undefined ? {} : { ignored: ignored.length }),
  };
  const accepted = ignored === undefined ? {} : { ignored: inOrder(ignored) };
  const looked = stacks.length === 0 ? {} : { stacks: uniqueStacks(stacks) };
  return { version: 1, verdict: verdictOf(counts), counts, findings: sorted, ...looked, ...accepted };
}

function uniqueStacks(stacks: readonly LookedAt[]): readonly LookedAt[] {
  const byName = new Map(stacks.map(({ region, stack }) => [`${stack}\n${region}`, { region, stack }]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** The worst of all: danger, then what was not looked at, then changes. */
export function verdictOf(counts: Counts): Verdict {
  if (counts.danger > 0) return 'danger';
  if (counts.unchecked + counts.unknown > 0) return 'unchecked';
  return counts.change > 0 ? 'changes' : 'clean';
}

/** 2 when findings reach `failOn`, else 1 when anything was not checked, else 0. */
export function exitCodeOf(counts: Counts, failOn: FailOn): 0 | 1 | 2 {
  if (CLASSES.some(name => counts[name] > 0 && reaches(name, failOn))) return 2;
  return counts.unchecked + counts.unknown > 0 ? 1 : 0;
}

/** Whether a finding of that class fails a run. */
export function reaches(name: FindingClass, failOn: FailOn): boolean {
  if (failOn === 'any') return name !== 'noise';
  return name === 'danger' || (failOn === 'change' && name === 'change');
}

const inOrder = <T extends Finding>(findings: readonly T[]): readonly T[] =>
  [...findings].sort((left, right) => compare(keyOf(left), keyOf(right)));

const keyOf = (finding: Finding): readonly (string | number)[] => [
  CLASSES.indexOf(finding.class),
  finding.stack,
  finding.region,
  finding.resource,
  finding.path,
  finding.rule,
  finding.why,
];

function compare(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  for (const [at, a] of left.entries()) {
    const b = right[at] ?? '';
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
