import { CLASSES, type DriftReport, type Finding, type FindingClass } from '../model';
import { code, prose } from './markdown-escape';
import { byRule, byStack, counted, countsLine, figure, TITLES, verdictLine } from './text';

/** GitHub refuses the body of a comment or an issue from 65,536 characters on. */
export const LONGEST_COMMENT = 65_535;
/** GitHub refuses a step summary above 1 MiB; a character has four bytes at most. */
export const LONGEST_SUMMARY = 262_143;

/** What a document in Markdown is made for. */
export interface MarkdownOptions {
  /** Names one comment among several that the same bot keeps. @default 'drift' */
  readonly key?: string;
  /** Where the whole report is: an https address, or words such as the name of an artifact. @default - not said */
  readonly whole?: string;
  /** Most UTF-16 code units. @default LONGEST_COMMENT */
  readonly longest?: number;
}

/** The hidden line by which a comment is found again. */
export function markerOf(key = 'drift'): string {
  return `<!-- holdfast:${key.replace(/[^A-Za-z0-9_.]+/g, '-').slice(0, 80)} -->`;
}

/**
 * The report as the body of a comment: the gravest first, by stack and resource, and never longer than allowed. The
 * same report gives the same bytes.
 */
export function markdown(report: DriftReport, options: MarkdownOptions = {}): string {
  return `${markerOf(options.key)}\n${body(report, options, options.longest ?? LONGEST_COMMENT)}`;
}

/** The report as a step summary of GitHub, where far more fits and nothing has to be found again. */
export const stepSummary = (report: DriftReport, options: Pick<MarkdownOptions, 'whole'> = {}): string =>
  body(report, options, LONGEST_SUMMARY);

/** Room for the marker and for the words at the end that say what did not fit. */
const RESERVED = 1_200;

function body(report: DriftReport, { whole }: MarkdownOptions, longest: number): string {
  const page = new Page(longest - RESERVED);
  page.add(`## Drift: ${report.verdict}\n\n${verdictLine(report)}\n\n${countsLine(report)}.\n`);
  const left = new Map<FindingClass, number>();
  const byClass = groups(report);
  for (const name of CLASSES) {
    const findings = byClass.get(name) ?? [];
    if (findings.length === 0) continue;
    const shown = name === 'noise' ? addNoise(page, findings) : addClass(page, name, findings);
    if (shown < findings.length) left.set(name, findings.length - shown);
  }
  return `${page.text}${ending(left, whole)}`;
}

function groups({ findings }: DriftReport): ReadonlyMap<FindingClass, readonly Finding[]> {
  return new Map(CLASSES.map(name => [name, findings.filter(finding => finding.class === name)]));
}

/** A text that takes whole pieces as long as there is room, and none after the first that did not fit. */
class Page {
  text = '';
  private full = false;

  constructor(private readonly longest: number) {}

  add(piece: string, spare = 0): boolean {
    this.full ||= this.text.length + piece.length + spare > this.longest;
    if (!this.full) this.text += piece;
    return !this.full;
  }

  /** Goes on in spite of a piece that did not fit: what closes an open element has its room kept. */
  close(piece: string): void {
    this.text += piece;
  }
}

const CLOSING = '\n</details>\n';

/** Adds what fits, and says how many findings that is. */
function addClass(page: Page, name: FindingClass, findings: readonly Finding[]): number {
  const folded = name === 'expected';
  const title = `${TITLES[name]} (${figure(findings.length)})`;
  const head = folded ? `\n<details><summary>${title}</summary>\n` : `\n### ${title}\n`;
  const spare = folded ? CLOSING.length : 0;
  if (!page.add(head, spare)) return 0;
  let shown = 0;
  for (const group of byStack(findings)) {
    const region = group.region === '-' ? '' : ` in ${code(group.region, 40)}`;
    let heading = `\n**Stack** ${code(group.stack)}${region}\n\n`;
    for (const finding of group.findings) {
      if (!page.add(`${heading}${item(finding)}`, spare)) break;
      heading = '';
      shown += 1;
    }
  }
  if (folded) page.close(CLOSING);
  return shown;
}

function item({ id, action, resource, type, path, why, fix }: Finding): string {
  const where = path === '' ? '' : ` at ${code(path)}`;
  const verb = action === 'none' ? '' : `${action} `;
  return `- ${verb}${code(resource)} (${code(type, 80)})${where}: ${prose(why)}\n  - Fix: ${prose(fix)} (${code(id, 100)})\n`;
}

/** Noise is counted by rule: its items are in the whole report. */
function addNoise(page: Page, findings: readonly Finding[]): number {
  const rules = byRule(findings).slice(0, 40);
  const list = rules.map(([rule, count]) => `${code(rule, 80)} ${figure(count)}`).join(', ');
  return page.add(`\nNoise, not listed: ${list}.\n`) ? findings.length : 0;
}

function ending(left: ReadonlyMap<FindingClass, number>, whole: string | undefined): string {
  const where = whole === undefined ? '' : ` The whole report: ${wholeText(whole)}.`;
  if (left.size === 0) return where === '' ? '' : `\n${where.trim()}\n`;
  const list = [...left].map(([name, count]) => `${figure(count)} of class ${name}`).join(', ');
  const sum = [...left.values()].reduce((total, count) => total + count, 0);
  return `\n**Not shown here, for want of room:** ${counted(sum, 'finding')} (${list}).${where}\n`;
}

/** An address of our own making may be a link; anything else is words. */
function wholeText(whole: string): string {
  const link = /^https:\/\/[A-Za-z0-9.-]+(?::\d+)?\/[A-Za-z0-9/_.#-]*$/.test(whole) && whole.length <= 300;
  return link ? `<${whole}>` : code(whole, 300);
}
