import { type DriftSource, formatReport, runDrift } from '../../lib/drift';
import { compareTemplates } from '../../lib/drift/compare/templates';
import { isObject } from '../../lib/drift/compare/values';
import type { Comparison, DriftReport } from '../../lib/drift/model';
import { compareMembers } from '../../lib/drift/parity/compare-members';
import { readJson } from '../../lib/drift/read-json';
import { FORMATS } from '../../lib/drift/report/format';
import { LONGEST_COMMENT } from '../../lib/drift/report/markdown';
import { INTERNAL } from '../../lib/drift/run';
import { comparePlan } from '../../lib/drift/terraform/compare-plan';
import { HoldfastError } from '../../lib/errors';
import { Random } from '../helpers/simulation';
import { hostilePlan, hostileTemplate } from './hostile';
import { UNPRINTABLE } from './report/findings';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const REPLAYED = process.env.HOLDFAST_SEED;
const SEEDS = REPLAYED === undefined ? (PROVE ? 100_000 : 600) : 1;
const FIRST = Number(REPLAYED ?? 1);
/** What no single input may take; a hang or a blow-up is far above. */
const SLOWEST_MILLISECONDS = 2_000;

const template = (text: string, name: string) => {
  const read = readJson(text, name);
  if (isObject(read)) return read;
  throw new HoldfastError('invalid-input', `cannot read ${name}`);
};

function sourceOf(seed: number): DriftSource {
  const random = new Random(seed);
  if (seed % 2 === 0) {
    const text = hostilePlan(random);
    const read = () => comparePlan(readJson(text, 'plan.json'), { stack: 'plan' }, 'plan.json');
    return { name: 'plan.json', kind: 'terraform', read };
  }
  const before = hostileTemplate(random);
  // Some pairs have much in common, so that the comparison goes deep.
  const after = random.chance(0.5) ? before.replace(/"80"|true|\d/g, '7') : hostileTemplate(random);
  const place = { region: 'us-east-2', stack: 's' };
  const read = (): Comparison =>
    compareTemplates(template(before, 'a.json'), template(after, 'b.json'), place);
  return { name: 'a.json', kind: 'template', read };
}

/** Two Regions with hostile templates that have much in common. */
function parityOf(seed: number): DriftSource {
  const text = hostileTemplate(new Random(seed));
  const read = (): Comparison => {
    const members = [text, text.replace(/"80"|true|\d/g, '7')].map((each, at) => ({
      ...{ region: `r-${at}`, isWhole: true },
      template: template(each, 'a.json'),
    }));
    const templates = members.map(each => ({
      ...each,
      stack: 's',
      before: each.template,
      after: each.template,
    }));
    return { ...compareMembers(members, 's'), templates };
  };
  return { name: 'a.json', kind: 'parity', read };
}

/** What is wrong with what a report became; nothing when all is well. */
function wrongWith(report: DriftReport, seed: number): string | undefined {
  const sum = Object.values(report.counts).reduce((total, count) => total + count, 0) - report.counts.checked;
  if (sum !== report.findings.length) return 'the counts are not those of the findings';
  if (report.verdict === 'clean' && report.findings.some(each => !['noise', 'expected'].includes(each.class)))
    return 'clean with findings';
  const fault = report.findings.find(
    ({ why }) => why.startsWith(INTERNAL) || /^the rule \S+ failed/.test(why),
  );
  if (fault !== undefined) return fault.why;
  for (const format of seed % 3 === 0 || PROVE ? FORMATS : (['md'] as const)) {
    const text = formatReport(report, format, { rules: [], toolVersion: '1.0.0' });
    if (format === 'md' && text.length > LONGEST_COMMENT) return 'the comment is too long';
    if (format !== 'json' && UNPRINTABLE.test(text)) return `${format} has characters that nobody sees`;
    if (format === 'html' && /<(?:script|img|b>|!DOCTYPE x)/.test(text))
      return 'the page has markup of the input';
  }
  return undefined;
}

/** The beginning of the message, which may be huge, and where it was thrown. */
function described(error: unknown): string {
  const [message, stack] = error instanceof Error ? [error.message, error.stack ?? ''] : [String(error), ''];
  return `${message.slice(0, 300)}\n${stack.slice(stack.indexOf('\n    at ')).slice(0, 600)}`;
}

test(`${SEEDS} hostile templates and plans: a clear error or an answer, in every format`, () => {
  const wrong: string[] = [];
  const verdicts: Record<string, number> = {};
  for (let seed = FIRST; seed < FIRST + SEEDS && wrong.length < 5; seed += 1) {
    const start = performance.now();
    try {
      const report = runDrift([sourceOf(seed), ...(seed % 7 === 3 ? [parityOf(seed)] : [])]);
      verdicts[report.verdict] = (verdicts[report.verdict] ?? 0) + 1;
      const problem = wrongWith(report, seed);
      if (problem !== undefined) wrong.push(`seed ${seed}: ${problem}`);
    } catch (error) {
      wrong.push(`seed ${seed}: ${described(error)}`);
    }
    const taken = performance.now() - start;
    if (taken > SLOWEST_MILLISECONDS) wrong.push(`seed ${seed}: ${Math.round(taken)} ms`);
  }
  process.stderr.write(`verdicts: ${JSON.stringify(verdicts)}\n`);
  if (wrong.length > 0) {
    process.stderr.write(`replay one: HOLDFAST_SEED=<seed> npx jest ${__filename} --selectProjects unit\n`);
  }
  expect(wrong).toEqual([]);
  if (REPLAYED === undefined) {
    // An input that is always refused, or never, would prove little.
    expect(verdicts.unchecked ?? 0).toBeGreaterThan(SEEDS / 20);
    expect((verdicts.changes ?? 0) + (verdicts.danger ?? 0)).toBeGreaterThan(SEEDS / 20);
  }
}, 3_600_000);
