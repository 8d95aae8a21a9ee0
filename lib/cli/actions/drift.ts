import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type AccountAnswers,
  asksAccount,
  DRIFT_RULES,
  type DriftReport,
  type DriftRequest,
  type DriftRule,
  exitCodeOf,
  type FailOn,
  type Format,
  formatReport,
  readReport,
  runDrift,
  sourcesOf,
} from '../../drift';
import { HoldfastError } from '../../errors';
import type { CommandContext, CommandResult } from '../context';
import type { AccountOptions } from './drift-account';
import { factsOf } from './drift-facts';
import { ignoresOf } from './drift-ignore';
import { readRules } from './drift-rules';

/** Options of `holdfast drift`. */
export interface DriftCliOptions extends AccountOptions, DriftRequest {
  readonly report?: string;
  readonly format?: Format;
  readonly out?: string;
  readonly failOn: FailOn;
  readonly rules?: string;
  readonly ignore?: string;
  readonly register?: string;
  readonly seed?: string;
  readonly commentKey: string;
  readonly whole?: string;
}

/** Compares, judges, and says it in the format asked for; the report stays in `out/drift/report.json`. */
export async function drift(context: CommandContext, options: DriftCliOptions): Promise<CommandResult> {
  const rules = options.rules === undefined ? [] : readRules(options.rules);
  assertOneOutput(options);
  const report =
    options.report === undefined ? await run(context, options, rules) : readReport(options.report);
  const textIn = (format: Format) =>
    formatReport(report, format, {
      rules: [...DRIFT_RULES, ...rules],
      toolVersion: versionOf(context),
      failOn: options.failOn,
      colour: context.colour && options.out === undefined,
      key: options.commentKey,
      whole: options.whole,
    });
  const format = options.format ?? (options.json ? 'json' : 'terminal');
  if (options.out !== undefined) write(options.out, textIn(format));
  if (options.report === undefined) keep(context, report);
  const shown = options.out === undefined ? format : 'terminal';
  return {
    exitCode: exitCodeOf(report.counts, options.failOn),
    document: report,
    text: shown === 'json' ? '' : textIn(shown).replace(/\n$/, ''),
  };
}

async function run(
  context: CommandContext,
  options: DriftCliOptions,
  rules: readonly DriftRule[],
): Promise<DriftReport> {
  const file = ignoresOf(context, options.ignore);
  const ignores = file === undefined ? {} : { ignores: { file, now: context.clock.now() } };
  const known = factsOf(options);
  const account = asksAccount(options)
    ? await loadAccount().accountAnswers(context, options, known.register)
    : NOBODY;
  const sources = sourcesOf(options, account.sources);
  return runDrift(sources, { rules, facts: { ...account.facts, ...known }, ...ignores });
}

/** Nobody was asked. */
const NOBODY: AccountAnswers = { sources: [], facts: {} };
/** SDK clients are loaded when an account is asked, and not before. */
const loadAccount = () => require('./drift-account') as typeof import('./drift-account');

/** Standard output holds one thing: with `--json` that is the document, so another format needs a file. */
function assertOneOutput({ json, format, out }: DriftCliOptions): void {
  if (json !== true || out !== undefined || format === undefined || format === 'json') return;
  throw new HoldfastError('invalid-input', 'two formats for one output', [
    { path: '--format', received: format, message: 'given with --json', fix: 'leave one out, or give --out' },
  ]);
}

/** Where the report of the last run lies. */
export const lastReport = ({ projectRoot }: CommandContext): string =>
  path.join(projectRoot, 'out', 'drift', 'report.json');

/** For `explain` and `accept`, which take ids of the last run. A folder that cannot be written stops no check. */
function keep(context: CommandContext, report: DriftReport): void {
  try {
    write(lastReport(context), `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    context.output.emit({ code: 'drift.not-kept', level: 'warn', text: error.message });
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const problem = { path: file, message: `cannot be written (${code})`, fix: 'name a file that can' };
    throw new HoldfastError('environment', 'the report cannot be written', [problem], { cause });
  }
}

function versionOf({ installRoot }: CommandContext): string {
  const text = readFileSync(path.join(installRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
