import { HoldfastError } from '../errors';
import type { DriftRule } from './classify/rule';
import type { DriftReport, Finding, FindingClass, IgnoredFinding } from './model';

/** What a finding means and what to do about it. */
export interface Explanation {
  readonly version: 1;
  readonly finding: Finding;
  /** What its rule looks for. */
  readonly title: string;
  /** What that means, the finding's own words first. */
  readonly meaning: readonly string[];
  readonly fix: string;
  /** Page, thread or law that the rule stands on; `-` for what no rule spoke of. */
  readonly source: string;
  /** Step of a runbook that applies; nothing while there are no runbooks. */
  readonly runbook: string | null;
  /** Why it counts in no class, when the ignore file accepts it. */
  readonly accepted?: Pick<IgnoredFinding, 'reason' | 'owner' | 'expires'>;
}

const CLASS_MEANS: Readonly<Record<FindingClass, string>> = {
  danger: 'danger: data, access, traffic or the way back may be lost; it fails a run at every setting',
  unchecked:
    'unchecked: it was not looked at, or not to the end; nothing is said of it, least of all that it is fine',
  unknown: 'unknown: what would decide is known at deploy only',
  change: 'change: it is as it says, and nothing known makes it dangerous',
  expected: 'expected: it differs, and something known explains that it should',
  noise: 'noise: it differs in form alone',
};
const NO_RULE: Readonly<Record<string, string>> = {
  change: 'a change that no rule knows more of',
  unknown: 'a value that is decided at deploy',
  unchecked: 'something that was not checked',
  'ignore-expired': 'an entry of the ignore file has expired',
  'ignore-unused': 'an entry of the ignore file speaks of nothing',
};

/**
 * The finding of a report that an id names; the beginning of an id does when no other finding has it.
 *
 * @throws HoldfastError `not-found` with the ids that are near, `invalid-input` for a beginning of several
 */
export function findingById(report: DriftReport, id: string): Finding {
  const all = [...report.findings, ...(report.ignored ?? [])];
  const exact = all.find(finding => finding.id === id);
  if (exact !== undefined) return exact;
  const begun = id === '' ? [] : all.filter(finding => finding.id.startsWith(id));
  const [only, ...others] = new Map(begun.map(finding => [finding.id, finding])).values();
  if (only !== undefined && others.length === 0) return only;
  const near = (begun.length > 0 ? begun : all).slice(0, 5).map(finding => finding.id);
  const fix =
    near.length === 0 ? 'the report has no findings' : `give one of its ids, such as ${near.join(', ')}`;
  const message = only === undefined ? 'is no finding of the report' : 'is the beginning of several ids';
  throw new HoldfastError(only === undefined ? 'not-found' : 'invalid-input', 'no such finding', [
    { path: 'id', received: id, message, fix },
  ]);
}

/**
 * What a finding means, how to mend it, and what that stands on.
 *
 * @param rules every rule of the run that made the report
 * @throws HoldfastError `not-found` for an id that the report does not have
 */
export function explain(report: DriftReport, id: string, rules: readonly DriftRule[]): Explanation {
  const finding = findingById(report, id);
  const rule = rules.find(each => each.id === finding.rule);
  const accepted = report.ignored?.find(each => each.id === finding.id);
  return {
    version: 1,
    finding,
    title: rule?.title ?? NO_RULE[finding.rule] ?? `rule ${finding.rule}, which is not among the rules given`,
    meaning: [
      ...new Set([finding.why, ...(rule === undefined ? [] : [rule.why]), CLASS_MEANS[finding.class]]),
    ],
    fix: finding.fix,
    source: rule?.source ?? '-',
    runbook: null,
    ...(accepted === undefined
      ? {}
      : { accepted: { reason: accepted.reason, owner: accepted.owner, expires: accepted.expires } }),
  };
}

/** The same for a person. */
export function explanationText({ finding, title, meaning, fix, source, accepted }: Explanation): string {
  const { id, region, stack, resource, type, action, path } = finding;
  const rows: readonly (readonly [string, string])[] = [
    ['where', [region, stack, resource].filter(part => part !== '-').join(' / ') || '-'],
    ['what', [type, action, path].filter(part => part !== '-' && part !== '').join(', ') || '-'],
    ...meaning.map((line, at) => [at === 0 ? 'means' : '', line] as const),
    ['fix', fix],
    ['source', source],
    ['runbook', 'there are no runbooks yet, so no step applies'],
    ...(accepted === undefined
      ? []
      : [['accepted', `until ${accepted.expires}, of ${accepted.owner}: ${accepted.reason}`] as const]),
  ];
  const clean = (text: string) => [...text].map(letter => (isControl(letter) ? ' ' : letter)).join('');
  return [`${id}: ${title}`, ...rows.map(([name, text]) => `  ${name.padEnd(9)}${text}`)]
    .map(clean)
    .join('\n');
}

/** What would write over the terminal, or end a line. */
const isControl = (letter: string): boolean => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(letter);
