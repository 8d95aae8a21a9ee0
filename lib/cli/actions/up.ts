import { type ResolvedTopology, refuseHomes } from '../../../regions';
import { HoldfastError } from '../../errors';
import { type LabStatus, upLab } from '../../lab';
import { type CheckDocument, runCheck } from '../commands/check';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { formatStatus } from '../lab-text';
import { withPage } from '../live-page';
import { readTopologyFile } from '../topology-file';

/** Options of `holdfast up`. */
export interface UpRequest extends CommonOptions {
  /** Divides every interval, time to live and lease of the lab, 1 to 10. */
  readonly timeScale: number;
  /** Whether the live page is served once the lab is up. @default false */
  readonly ui?: boolean;
}

/** Brings the lab up and tells what then runs. */
export async function up(context: CommandContext, options: UpRequest): Promise<CommandResult> {
  const topology = await readTopologyFile(
    context.projectRoot,
    options.topology,
    context.environment.CDK_DEFAULT_ACCOUNT,
  );
  if (options.ui) refuseHomes(topology, 'the live page');
  const { status } = await bringUp(context, topology, options);
  const result: CommandResult = { exitCode: EXIT.good, document: status, text: formatStatus(status) };
  return options.ui ? withPage(context, topology, result) : result;
}

/**
 * Checks the topology and brings its lab up.
 *
 * @throws HoldfastError `refused` when the check does not come out clean, and what {@link upLab} throws
 */
export async function bringUp(
  context: CommandContext,
  topology: ResolvedTopology,
  options: UpRequest,
): Promise<{ readonly check: CheckDocument; readonly status: LabStatus }> {
  // Templates were validated when they were written (npm test); here every second counts.
  const { assembly, ...check } = await runCheck(context, options, { validateTemplates: false });
  if (check.verdict !== 'clean' || assembly === undefined) {
    throw new HoldfastError(
      'refused',
      `the check is not clean (${check.verdict}); holdfast check tells more`,
    );
  }
  const { pack, acknowledged } = check.policy;
  const { switchover, failover } = check.budget.modes;
  const text = `check: clean; ${pack}, ${acknowledged} acknowledged; switchover ${switchover.totalSeconds} s, failover ${failover.totalSeconds} s of ${check.budget.objectives.rtoSeconds} s`;
  context.output.emit({ code: 'check.clean', level: 'info', text });
  const { clock, output, signal, projectRoot } = context;
  const { timeScale } = options;
  const status = await upLab({
    projectRoot,
    topology,
    assemblyDir: assembly.folder,
    timeScale,
    output,
    clock,
    signal,
  });
  return { check, status };
}
