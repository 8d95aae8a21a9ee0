import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  acceptFinding,
  DRIFT_RULES,
  explain,
  explanationText,
  findingById,
  readReport,
  readTextFile,
} from '../../drift';
import { HoldfastError } from '../../errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { lastReport } from './drift';
import { ignoreFileOf } from './drift-ignore';
import { readRules } from './drift-rules';

/** Options of `holdfast drift explain`. */
export interface ExplainOptions extends CommonOptions {
  readonly report?: string;
  readonly rules?: string;
}

/** Options of `holdfast drift accept`. */
export interface AcceptOptions extends CommonOptions {
  readonly report?: string;
  readonly ignore?: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

/** What a finding of the last run means. */
export function explainFinding(context: CommandContext, id: string, options: ExplainOptions): CommandResult {
  const rules = options.rules === undefined ? [] : readRules(options.rules);
  const report = readReport(options.report ?? lastReport(context));
  const document = explain(report, id, [...DRIFT_RULES, ...rules]);
  return { exitCode: EXIT.good, document, text: explanationText(document) };
}

/** Writes an entry for a finding of the last run into the ignore file, which is made when there is none. */
export function accept(context: CommandContext, id: string, options: AcceptOptions): CommandResult {
  const finding = findingById(readReport(options.report ?? lastReport(context)), id);
  const file = options.ignore ?? ignoreFileOf(context) ?? path.join(context.projectRoot, 'drift-ignore.yaml');
  const before = existsSync(file) ? readTextFile(file) : '';
  const { reason, owner, expires } = options;
  const now = context.clock.now();
  const text = acceptFinding(before, file, finding, { reason, owner, expires }, now);
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const problem = { path: file, message: `cannot be written (${code})`, fix: 'name a file that can' };
    throw new HoldfastError('environment', 'the entry cannot be written', [problem], { cause });
  }
  const document = { version: 1, accepted: finding.id, file, expires };
  const said = `${finding.id} is accepted until ${expires}; the entry is in ${file}, to be reviewed and committed`;
  return { exitCode: EXIT.good, document, text: said };
}
