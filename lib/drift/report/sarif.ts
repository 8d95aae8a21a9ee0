import type { DriftRule } from '../classify/rule';
import type { DriftReport, Finding, FindingClass } from '../model';
import { figure, printable, TITLES } from './text';

/** GitHub refuses a run with more results. */
export const MOST_RESULTS = 25_000;

/** Level of each class that is told; the other two are explained, and would be alerts on GitHub all the same. */
const LEVELS: Partial<Readonly<Record<FindingClass, 'error' | 'warning'>>> = {
  danger: 'error',
  unchecked: 'warning',
  unknown: 'warning',
  change: 'warning',
};

/** What the document says of the tool. */
export interface SarifOptions {
  /** Rules by which names are explained. */
  readonly rules: readonly Pick<DriftRule, 'id' | 'title' | 'why' | 'fix'>[];
  readonly toolVersion: string;
}

/**
 * The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): a result for each danger, change and
 * what is not known; what was explained is counted in the run's properties.
 */
export function sarif(report: DriftReport, options: SarifOptions): string {
  const told = report.findings.filter(finding => LEVELS[finding.class] !== undefined);
  const shown = told.slice(0, MOST_RESULTS);
  const names = [...new Set(shown.map(({ rule }) => printable(rule, 100)))].sort();
  const indices = new Map(names.map((name, at) => [name, at]));
  const explained = new Map(options.rules.map(rule => [rule.id, rule]));
  const run = {
    tool: {
      driver: {
        name: 'holdfast drift',
        semanticVersion: options.toolVersion,
        rules: names.map(name => descriptor(name, explained.get(name))),
      },
    },
    columnKind: 'utf16CodeUnits',
    results: shown.map(finding => result(finding, indices.get(printable(finding.rule, 100)) ?? 0)),
    invocations: [
      {
        executionSuccessful: report.counts.unchecked === 0,
        toolExecutionNotifications: notifications(report, told.length - shown.length),
      },
    ],
    properties: { verdict: report.verdict, counts: report.counts },
  };
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function descriptor(id: string, rule: SarifOptions['rules'][number] | undefined) {
  const words = rule ?? OWN[id];
  if (words === undefined) return { id };
  return {
    id,
    shortDescription: message(words.title),
    fullDescription: message(words.why),
    help: message(words.fix),
  };
}

/** Findings that no rule makes. */
const OWN: Readonly<Record<string, { title: string; why: string; fix: string }>> = {
  change: {
    title: TITLES.change,
    why: 'It changes, and no rule knows more of it.',
    fix: 'Look whether it was meant.',
  },
  unknown: {
    title: TITLES.unknown,
    why: 'The value is decided at deploy.',
    fix: 'Look at the change set, or give the value.',
  },
  unchecked: {
    title: TITLES.unchecked,
    why: 'It could not be looked at, so it is not clean.',
    fix: 'See the finding.',
  },
};

function result(finding: Finding, ruleIndex: number) {
  const { rule, region, stack, resource, type, action, path, why, fix, id } = finding;
  const verb = action === 'none' ? '' : `${action}: `;
  const where = path === '' ? '' : ` at ${printable(path, 300)}`;
  return {
    ruleId: printable(rule, 100),
    ruleIndex,
    level: LEVELS[finding.class],
    message: message(`${verb}${printable(resource, 300)} (${printable(type, 100)})${where}: ${why}. ${fix}`),
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(stack) }, region: { startLine: 1 } },
        logicalLocations: [
          {
            name: printable(resource, 300),
            fullyQualifiedName: printable(`${region}/${stack}/${resource}`, 600),
          },
        ],
      },
    ],
    partialFingerprints: { 'holdfastDrift/v1': printable(id, 120) },
    properties: { class: finding.class, type: printable(type, 100) },
  };
}

/** Brackets begin a link in a SARIF message, unless they are escaped. */
const message = (text: string) => ({ text: printable(text, 1_000).replace(/[\\[\]]/g, '\\$&') });

/** No file is known by its stack, and a place is required: a name that is a relative address. */
const uriOf = (stack: string): string => encodeURIComponent(printable(stack, 200)) || '-';

function notifications(report: DriftReport, left: number) {
  const { unchecked } = report.counts;
  const words = [
    ...(unchecked > 0 ? [`${figure(unchecked)} could not be checked.`] : []),
    ...(left > 0
      ? [`${figure(left)} further results are not listed: a run holds ${figure(MOST_RESULTS)}.`]
      : []),
  ];
  return words.map(text => ({ level: 'warning', message: { text } }));
}
