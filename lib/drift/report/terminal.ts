import pc from 'picocolors';
import { CLASSES, type DriftReport, type Finding, type FindingClass } from '../model';
import { byRule, byStack, countsLine, figure, placeOf, printable, TITLES, verdictLine } from './text';

type Colours = ReturnType<typeof pc.createColors>;

const COLOUR: Readonly<Record<FindingClass, keyof Colours>> = {
  danger: 'red',
  unchecked: 'magenta',
  unknown: 'magenta',
  change: 'yellow',
  expected: 'green',
  noise: 'dim',
};

/** The report for a person at a terminal: verdict, then the gravest first. Noise is counted by rule. */
export function terminal(report: DriftReport, options: { readonly colour?: boolean } = {}): string {
  const colours = pc.createColors(options.colour ?? false);
  const lines = [`drift: ${report.verdict}. ${verdictLine(report)}`, countsLine(report)];
  for (const name of CLASSES) {
    const findings = report.findings.filter(finding => finding.class === name);
    if (findings.length === 0) continue;
    const paint = colours[COLOUR[name]] as (text: string) => string;
    lines.push('', paint(`${TITLES[name]} (${figure(findings.length)})`));
    if (name === 'noise') {
      lines.push(
        `  ${byRule(findings)
          .map(([rule, count]) => `${printable(rule, 80)} ${figure(count)}`)
          .join(', ')}`,
      );
    } else lines.push(...byStack(findings).flatMap(stackLines));
  }
  return lines.join('\n');
}

const stackLines = (group: ReturnType<typeof byStack>[number]): string[] => [
  `  ${printable(placeOf(group), 200)}`,
  ...group.findings.flatMap(findingLines),
];

function findingLines({ action, resource, type, path, why, fix, id }: Finding): string[] {
  const verb = action === 'none' ? '' : `${action} `;
  const where = path === '' ? '' : ` at ${path}`;
  return [
    `    ${verb}${printable(`${resource} (${type})${where}`, 400)}`,
    `      ${printable(why, 600)}`,
    `      fix: ${printable(fix, 600)} [${printable(id, 100)}]`,
  ];
}
