import type { ResolvedTopology } from '../../../regions';
import {
  abortDrill,
  type DrillContext,
  type DrillResult,
  preflight,
  resumeDrill,
  runDrill,
} from '../../drill';
import { HoldfastError } from '../../errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT, type ExitCode } from '../context';
import { switchoverInLab } from '../drill-run';
import { type DrillTarget, openDrill } from '../drill-target';
import { formatDrill, formatPreflight } from '../drill-text';
import { readTopologyFile } from '../topology-file';

/** Options of every drill command. */
export interface DrillOptions extends CommonOptions {
  readonly target: DrillTarget;
}

/** Options of `holdfast drill switchover`. */
export interface SwitchoverOptions extends DrillOptions {
  readonly to: string;
  /** Writes a second of the load in the lab; 0 for none. */
  readonly rate: number;
  readonly acceptUnknown?: readonly string[];
  readonly execute?: boolean;
  readonly confirm?: string;
}

/** A planned move: in the lab under load; on AWS a dry run, unless it is to be executed and the Region is typed again. */
export async function switchover(
  context: CommandContext,
  options: SwitchoverOptions,
): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  if (options.target === 'lab') return toResult(await switchoverInLab(context, topology, options));
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
  return withDrill(context, topology, 'aws', async open => toResult(await runDrill(open, options)));
}

/** Goes on with a drill that did not end. */
export async function resume(
  context: CommandContext,
  options: DrillOptions,
  id?: string,
): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
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
  const topology = await topologyOf(context, options);
  return withDrill(context, topology, options.target, async open => {
    const result = await abortDrill(open, { id });
    const undone = ['aborted', 'rolled-back'].includes(result.report.outcome);
    return { ...toResult(result), exitCode: undone ? EXIT.good : EXIT.found };
  });
}

async function dryRun(open: DrillContext, options: SwitchoverOptions): Promise<CommandResult> {
  const found = await preflight(open, options);
  const codes: Record<typeof found.verdict, ExitCode> = {
    clean: EXIT.good,
    failed: EXIT.found,
    unknown: EXIT.failed,
  };
  return { exitCode: codes[found.verdict], document: found, text: formatPreflight(found) };
}

const topologyOf = ({ projectRoot, environment }: CommandContext, { topology }: CommonOptions) =>
  readTopologyFile(projectRoot, topology, environment.CDK_DEFAULT_ACCOUNT);

async function withDrill(
  context: CommandContext,
  topology: ResolvedTopology,
  target: DrillTarget,
  act: (open: DrillContext) => Promise<CommandResult>,
): Promise<CommandResult> {
  const open = openDrill(context, topology, target);
  try {
    return await act(open.context);
  } finally {
    open.close();
  }
}

const toResult = ({ report, exitCode, directory }: DrillResult): CommandResult => ({
  exitCode,
  document: report,
  text: formatDrill(report, directory),
});
