import {
  abortDrill,
  type DrillContext,
  type DrillMode,
  type DrillRequest,
  type DrillResult,
  preflight,
  resumeDrill,
  runDrill,
} from '../../drill';
import { HoldfastError } from '../../errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { moveInLab } from '../drill-run';
import { type DrillTarget, type HomeOption, homeTopologyOf, withDrill } from '../drill-target';
import { EXIT_OF_VERDICT, formatDrill, formatPreflight } from '../drill-text';

/** Options of every drill command. */
export interface DrillOptions extends CommonOptions, HomeOption {
  readonly target: DrillTarget;
}

/** Options of a command that moves the application. */
export interface MoveOptions extends DrillOptions, DrillRequest {
  readonly mode: DrillMode;
  /** Writes a second of the load in the lab; 0 for none. */
  readonly rate: number;
  readonly execute?: boolean;
  readonly confirm?: string;
}

/** A move: in the lab under load; on AWS a dry run, unless it is to be executed and the Region is typed again. */
export async function move(context: CommandContext, options: MoveOptions): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  if (options.target === 'lab') return toResult(await moveInLab(context, topology, options));
  if (!options.execute) return withDrill(context, topology, 'aws', open => dryRun(open, options));
  if (options.confirm !== options.to) {
    throw new HoldfastError('refused', 'a move on AWS wants the Region typed once more', [
      {
        path: '--confirm',
        received: options.confirm,
        message: `must be ${options.to}`,
        fix: `add --confirm ${options.to}`,
      },
    ]);
  }
  return withDrill(context, topology, 'aws', async open =>
    toResult(await runDrill(open, { ...options, confirmed: options.confirm })),
  );
}

/** Goes on with a drill that did not end. */
export async function resume(
  context: CommandContext,
  options: DrillOptions,
  id?: string,
): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  return withDrill(context, topology, options.target, async open =>
    toResult(await resumeDrill(open, { id })),
  );
}

/** Undoes a drill that did not end; exit 0 when the old Region is active again, as was asked. */
export async function abort(
  context: CommandContext,
  options: DrillOptions,
  id?: string,
): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  return withDrill(context, topology, options.target, async open => {
    const result = await abortDrill(open, { id });
    const undone = ['aborted', 'rolled-back'].includes(result.report.outcome);
    return { ...toResult(result), exitCode: undone ? EXIT.good : EXIT.found };
  });
}

async function dryRun(open: DrillContext, request: DrillRequest): Promise<CommandResult> {
  const found = await preflight(open, request);
  return { exitCode: EXIT_OF_VERDICT[found.verdict], document: found, text: formatPreflight(found) };
}

const toResult = ({ report, exitCode, directory }: DrillResult): CommandResult => ({
  exitCode,
  document: report,
  text: formatDrill(report, directory),
});
