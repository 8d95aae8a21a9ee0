import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import { CHAOS_SCENARIOS, type ReviewEvidence, reviewOf } from '../../operations';
import { reasonOf } from '../../runtime/errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { SCENARIOS, type ScenarioName } from '../game-days';
import { table } from '../table';
import { gameDay } from './game-day';

/** Options of `holdfast chaos run`. */
export interface ChaosRunOptions extends CommonOptions {
  readonly to: string;
  readonly rate: number;
}

/** Options of `holdfast chaos report`. */
export interface ChaosReportOptions extends CommonOptions {
  readonly out?: string;
}

/** The experiments there are. */
export async function list(): Promise<CommandResult> {
  const rows = CHAOS_SCENARIOS.map(({ id, hypothesis, action, twin, refused }) => [
    id,
    hypothesis,
    action,
    twin ?? `refused: ${refused}`,
  ]);
  const text = table(['experiment', 'believed', 'on AWS', 'in the lab'], rows);
  const document = { version: 1, experiments: CHAOS_SCENARIOS };
  return { exitCode: EXIT.good, document, text };
}

/**
 * Runs the twin of an experiment. Exit 2 when what is believed was refuted.
 * @throws HoldfastError `not-found` for no experiment, `refused` where the lab cannot do it, with the reason
 */
export async function run(
  context: CommandContext,
  id: string,
  options: ChaosRunOptions,
): Promise<CommandResult> {
  const scenario = CHAOS_SCENARIOS.find(each => each.id === id);
  if (scenario === undefined) {
    const known = CHAOS_SCENARIOS.map(each => each.id).join(', ');
    throw new HoldfastError('not-found', `no experiment ${id}; there are ${known}`);
  }
  const { twin, refused, hypothesis } = scenario;
  if (twin === undefined || !(twin in SCENARIOS))
    throw new HoldfastError('refused', `${id} has no twin in the lab: ${refused}`);
  const result = await gameDay(context, { ...options, scenario: twin as ScenarioName });
  const held = result.exitCode === EXIT.good ? 'held' : 'was refuted, or could not be judged';
  return {
    ...result,
    document: { ...result.document, ...{ experiment: id, hypothesis } },
    text: `${result.text}\n\nbelieved: ${hypothesis}\nit ${held}`,
  };
}

/**
 * A review from a report.
 * @throws HoldfastError `invalid-input` when there is no report to be read, or the review cannot be written
 */
export function report(
  { projectRoot }: CommandContext,
  evidence: string,
  { out }: ChaosReportOptions,
): CommandResult {
  const wrong = (place: string, received: string, error: unknown, fix: string) =>
    new HoldfastError(
      'invalid-input',
      'no review',
      [{ path: place, received, message: reasonOf(error), fix }],
      { cause: error },
    );
  let found: ReviewEvidence & { readonly version: number };
  try {
    found = JSON.parse(readFileSync(path.resolve(projectRoot, evidence), 'utf8')) as typeof found;
    if (typeof found !== 'object' || found === null || typeof found.version !== 'number')
      throw new Error('is no report');
  } catch (error) {
    throw wrong('evidence', evidence, error, 'name the report.json of a drill, in out/drills');
  }
  const review = reviewOf(found, evidence);
  const document = { version: 1, evidence, review };
  if (out === undefined) return { exitCode: EXIT.good, document, text: review.trimEnd() };
  const file = path.resolve(projectRoot, out);
  try {
    writeFileSync(file, review);
  } catch (error) {
    throw wrong('--out', out, error, 'name a file in a folder that exists');
  }
  return { exitCode: EXIT.good, document, text: `wrote ${file}` };
}
