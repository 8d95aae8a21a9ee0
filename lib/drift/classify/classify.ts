import type { Action, Comparison, Difference, Finding, ResourceChange, Unchecked } from '../model';
import { verdictsOf } from './ask';
import { findingOf } from './finding';
import { classifyParity } from './parity';
import { concerns, type DriftRule, type Facts, type Judged, type RuleContext } from './rule';

/** Actions that a rule explains away only when it says that it may. */
const GRAVE: readonly Action[] = ['create', 'delete', 'replace', 'may-replace', 'forget', 'unrecognized'];

/** Every finding of the comparisons, in no order. */
export function classify(
  comparisons: readonly Comparison[],
  rules: readonly DriftRule[],
  given: Facts,
): readonly Finding[] {
  const known = comparisons.flatMap(({ templates }) => templates ?? []);
  const facts = { ...given, templates: [...(given.templates ?? []), ...known] };
  const all = comparisons.flatMap(({ changes }) => changes);
  const stacks = new Map<string, ResourceChange[]>();
  for (const change of all) {
    const key = `${change.region}\n${change.stack}`;
    const neighbours = stacks.get(key) ?? [];
    neighbours.push(change);
    stacks.set(key, neighbours);
  }
  const judged = all.flatMap(change => {
    const neighbours = stacks.get(`${change.region}\n${change.stack}`) ?? [];
    return classifyChange(change, rules, { neighbours, all, facts });
  });
  return [...judged, ...comparisons.flatMap(({ unchecked }) => unchecked.map(uncheckedFinding))];
}

/** The findings of one change: what rules explain, what they warn of, and all that is left. */
export function classifyChange(
  change: ResourceChange,
  rules: readonly DriftRule[],
  context: RuleContext,
): readonly Finding[] {
  const ours = rules.filter(rule => concerns(rule, change.type));
  if (change.source === 'parity') return classifyParity(change, ours, context);
  const findings: Finding[] = [];
  let left = change;
  let explained = false;
  for (const rule of ours.filter(isExplaining)) {
    for (const verdict of verdictsOf(rule, left, context, findings)) {
      const claimed = claim(rule, left, verdict);
      if (claimed === undefined) continue;
      findings.push(findingOf(change, rule, verdict, claimed.paths));
      if (verdict.holds === 'perhaps') continue;
      explained ||= claimed.whole;
      left = { ...left, differences: without(left.differences, claimed.paths) };
    }
  }
  if (explained || (left.differences.length === 0 && isMadeOfDifferences(change))) return findings;
  left = { ...left, action: actionOf(change, left.differences) };
  const told = new Set<string>();
  for (const rule of ours.filter(rule => !isExplaining(rule))) {
    for (const verdict of verdictsOf(rule, left, context, findings)) {
      findings.push(findingOf(left, rule, verdict, verdict.paths ?? []));
      for (const path of verdict.paths ?? ['']) told.add(path);
    }
  }
  return [...findings, ...rest(left, told)];
}

const isExplaining = (rule: DriftRule): boolean => rule.class === 'noise' || rule.class === 'expected';
const isGrave = (change: ResourceChange): boolean => GRAVE.includes(change.action);

/** Whether the change is nothing but its differences, so that none is left when they are explained. */
function isMadeOfDifferences(change: ResourceChange): boolean {
  if (change.differences.length === 0) return false;
  return !isGrave(change) || (isByDifference(change) && !['create', 'delete'].includes(change.action));
}

/** Sources of which the action follows from the differences, and is not a tool's own decision. */
const isByDifference = ({ source }: ResourceChange): boolean => source === 'template';

/** What an explaining rule may really take: nothing that replaces, creates or deletes, unless it says so. */
function claim(
  rule: DriftRule,
  change: ResourceChange,
  verdict: Judged,
): { readonly paths: readonly string[]; readonly whole: boolean } | undefined {
  if (verdict.paths === undefined) {
    const replaces = isGrave(change) || change.differences.some(({ replaces }) => isReplacing(replaces));
    return replaces && rule.explainsReplacement !== true ? undefined : { paths: [], whole: true };
  }
  const paths = verdict.paths.filter(path =>
    change.differences.some(
      difference =>
        difference.path === path && (rule.explainsReplacement === true || !isReplacing(difference.replaces)),
    ),
  );
  return paths.length === 0 ? undefined : { paths, whole: false };
}

const isReplacing = (replaces: Difference['replaces']): boolean => (replaces ?? 'no') !== 'no';

const without = (differences: readonly Difference[], paths: readonly string[]): readonly Difference[] =>
  differences.filter(({ path }) => !paths.includes(path));

/** The action by the differences that are left: a replacement whose cause was explained is none. */
function actionOf(change: ResourceChange, left: readonly Difference[]): Action {
  if (!isByDifference(change) || !['update', 'replace', 'may-replace'].includes(change.action))
    return change.action;
  if (left.some(({ replaces }) => replaces === 'yes')) return 'replace';
  return left.some(({ replaces }) => replaces === 'perhaps') ? 'may-replace' : 'update';
}

/** What no rule spoke of: values that are not known, then plain changes, one finding a property. */
function rest(change: ResourceChange, told: ReadonlySet<string>): readonly Finding[] {
  const silent = change.differences.filter(({ path }) => !told.has(path));
  const unknown = silent.filter(({ unknownAfter }) => unknownAfter === true);
  const plain = new Map<string, Difference[]>();
  for (const difference of silent.filter(each => each.unknownAfter !== true)) {
    const property = propertyOf(difference.path);
    plain.set(property, [...(plain.get(property) ?? []), difference]);
  }
  const whole = change.differences.length === 0 && !told.has('') && change.action !== 'none';
  return [
    ...unknown.map(({ path }) => findingOf(change, UNKNOWN, { holds: 'yes' }, [path])),
    ...[...plain.keys()].map(path => findingOf(change, CHANGE, { holds: 'yes' }, [path])),
    ...(whole ? [findingOf(change, CHANGE, { holds: 'yes' }, [])] : []),
  ];
}

/** The property that a path stands in: two names of a CloudFormation path, one of a Terraform one. */
const propertyOf = (path: string): string => /^(?:(?:Properties|Metadata)\.)?[^.[]+/.exec(path)?.[0] ?? path;

const CHANGE = {
  id: 'change',
  class: 'change',
  why: 'it changes, and no rule knows more of it',
  fix: 'look whether it was meant',
} as const;
const UNKNOWN = {
  id: 'unknown',
  class: 'unknown',
  why: 'the value is decided at deploy, so what it does cannot be told',
  fix: 'look at the change set, or give the value',
} as const;

function uncheckedFinding(unchecked: Unchecked): Finding {
  const { why, fix } = unchecked;
  return findingOf(
    { ...unchecked, action: 'none' },
    { id: 'unchecked', class: 'unchecked', why, fix },
    { holds: 'yes' },
    [],
  );
}
