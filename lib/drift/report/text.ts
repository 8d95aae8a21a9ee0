import type { DriftReport, Finding, FindingClass } from '../model';

/** How each class is headed for a person. */
export const TITLES: Readonly<Record<FindingClass, string>> = {
  danger: 'Dangerous',
  unchecked: 'Not checked',
  unknown: 'Cannot be told',
  change: 'Changes',
  expected: 'Expected',
  noise: 'Noise',
};

// What moves, hides or reverses text: controls, direction marks, invisible letters, halves of pairs, and no characters.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]+/gu;

/**
 * One line of printable text of at most `longest` UTF-16 code units. What is cut off is counted, and white space of
 * any kind is one blank.
 */
export function printable(text: string, longest = 500): string {
  // Looking at far more than is shown would let one huge value cost more than all others.
  const looked = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
  const line = looked.replace(/\s+/g, ' ').replace(UNPRINTABLE, '').trim();
  if (line.length <= longest && looked.length === text.length) return line;
  const kept = line.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}... (${text.length} characters in all)`;
}

/** `1 change`, `2 changes`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${figure(count)} ${count === 1 ? one : many}`;

/** A number with commas, the same in every locale. */
export const figure = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** The counts in one line, the gravest first; what is zero is left out, but never what was checked. */
export function countsLine({ counts }: DriftReport): string {
  const of = [
    [counts.danger, 'dangerous'],
    [counts.unchecked, 'not checked'],
    [counts.unknown, 'cannot be told'],
    [counts.change, counts.change === 1 ? 'change' : 'changes'],
    [counts.expected, 'expected'],
    [counts.noise, 'noise'],
    [counts.ignored ?? 0, 'ignored'],
  ] as const;
  const found = of.filter(([count]) => count > 0).map(([count, word]) => `${figure(count)} ${word}`);
  return [...found, checkedLine(counts)].join(', ');
}

/** `checked 3 of 7`: what was not looked at is never left out of the sum. */
export const checkedLine = (counts: DriftReport['counts']): string =>
  `checked ${figure(counts.checked)} of ${counted(counts.checked + counts.unchecked, 'resource')}`;

/** What the verdict means, for a person. */
export function verdictLine({ verdict, counts }: DriftReport): string {
  if (verdict === 'danger') return 'Something dangerous would happen, or has.';
  if (verdict === 'unchecked') {
    const changes = counts.change > 0 ? ' What could be checked has changes.' : '';
    return `Not everything could be checked, so this is not clean.${changes}`;
  }
  if (verdict === 'changes') return 'There are changes, none of them known to be dangerous.';
  return counts.checked === 0
    ? 'Nothing was given that could differ.'
    : 'Nothing to act on: no change that matters.';
}

/** Findings of one stack in one Region, in the report's own order. */
export interface StackGroup {
  readonly stack: string;
  readonly region: string;
  readonly findings: readonly Finding[];
}

/** Findings by stack and Region, in the order in which these first appear. */
export function byStack(findings: readonly Finding[]): readonly StackGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.stack, finding.region]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map(group => ({
    stack: group[0]?.stack ?? '-',
    region: group[0]?.region ?? '-',
    findings: group,
  }));
}

/** How many findings each rule has, the most frequent first. */
export function byRule(findings: readonly Finding[]): readonly (readonly [rule: string, count: number])[] {
  const rules = new Map<string, number>();
  for (const { rule } of findings) rules.set(rule, (rules.get(rule) ?? 0) + 1);
  return [...rules].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
}

/** `orders-data (us-east-2)`; a Region that is not known is not shown. */
export const placeOf = ({ stack, region }: { readonly stack: string; readonly region: string }): string =>
  region === '-' ? stack : `${stack} (${region})`;
