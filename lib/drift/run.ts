import { HoldfastError } from '../errors';
import { classify } from './classify/classify';
import type { DriftRule, Facts } from './classify/rule';
import { applyIgnores } from './ignore/ignore';
import type { IgnoreFile } from './ignore/read-ignore';
import { maskFindings } from './mask/mask';
import type { Comparison, DriftReport, SourceKind, Unchecked } from './model';
import { DRIFT_RULES } from './rules';
import { reportOf } from './verdict';

/** One thing to compare, read when its turn comes. */
export interface DriftSource {
  /** File or stack, for what is said when it cannot be read. */
  readonly name: string;
  readonly kind: SourceKind;
  /** @throws HoldfastError when nothing of it can be read */
  read(): Comparison | readonly Comparison[];
}

/** How a run judges. */
export interface DriftOptions {
  /** Further rules, after Holdfast's own. @default - none */
  readonly rules?: readonly DriftRule[];
  /** What is known of the application. @default - nothing */
  readonly facts?: Facts;
  /** What was reviewed and accepted, and the time at which that is looked at. @default - nothing */
  readonly ignores?: { readonly file: IgnoreFile; readonly now: Date };
}

/** Reads every source, judges it by every rule, and reports. What cannot be read hides nothing of the others. */
export function runDrift(sources: readonly DriftSource[], options: DriftOptions = {}): DriftReport {
  const comparisons = sources.flatMap(source => readOne(source));
  const judged = classify(comparisons, [...DRIFT_RULES, ...(options.rules ?? [])], options.facts ?? {});
  const findings = maskFindings(judged, comparisons);
  const checked = comparisons.reduce((sum, comparison) => sum + comparison.checked, 0);
  const stacks = comparisons.flatMap(each => each.stacks ?? each.templates ?? []);
  if (options.ignores === undefined) return reportOf(checked, findings, undefined, stacks);
  const left = applyIgnores(findings, options.ignores.file, options.ignores.now);
  return reportOf(checked, left.findings, left.ignored, stacks);
}

function readOne(source: DriftSource): readonly Comparison[] {
  try {
    const read = source.read();
    return Array.isArray(read) ? (read as readonly Comparison[]) : [read as Comparison];
  } catch (error) {
    return [{ checked: 0, changes: [], unchecked: unreadable(source, asRefusal(error)) }];
  }
}

/** A fault of ours in one source hides nothing of the others either; it is said to be one. */
function asRefusal(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  const fix = 'this is a fault of Holdfast: please report it with the input';
  const problem = { path: '-', message: said.slice(0, 300), fix };
  return new HoldfastError('invalid-input', INTERNAL, [problem]);
}

/** How a finding begins that tells of a fault of Holdfast's own. */
export const INTERNAL = 'an internal error';

function unreadable({ name, kind }: DriftSource, error: HoldfastError): readonly Unchecked[] {
  const place = { region: '-', stack: name, resource: '-', type: '-', source: kind } as const;
  const problems = error.problems.length > 0 ? error.problems : [undefined];
  return problems.map(problem => ({
    ...place,
    resource: problem?.path ?? '-',
    why: problem === undefined ? error.message : `${error.message}: ${problem.message}`,
    fix: problem?.fix ?? 'give a file that can be read',
  }));
}
