import { type Command, InvalidArgumentError } from 'commander';
import type { ResolvedTopology } from '../../../regions';
import { HoldfastError } from '../../errors';
import { type LabStatus, upLab } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { formatStatus } from '../lab-text';
import { runCommand } from '../run';
import { readTopologyFile } from '../topology-file';
import { type CheckDocument, runCheck } from './check';

interface UpOptions extends CommonOptions {
  readonly timeScale: number;
}

/** Divides every interval, time to live and lease of the lab. */
export const DEFAULT_TIME_SCALE = 5;

/** `holdfast up`: the Regions of the topology on this machine. */
export function upCommand(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('bring the Regions up on this machine: synth, policy, budget, deploy, processes')
    .option(
      '--time-scale <factor>',
      'divides every interval, TTL and lease, 1 to 10',
      asTimeScale,
      DEFAULT_TIME_SCALE,
    )
    .addHelpText('after', '\nExample:\n  $ npx holdfast up\n  $ npx holdfast down\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<UpOptions>();
      const code = await runCommand(context, options, () => up(context, options));
      context.exit(code);
    });
}

async function up(context: CommandContext, options: UpOptions): Promise<CommandResult> {
  const topology = await readTopologyFile(
    context.projectRoot,
    options.topology,
    context.environment.CDK_DEFAULT_ACCOUNT,
  );
  const { status } = await bringUp(context, topology, options);
  return { exitCode: EXIT.good, document: status, text: formatStatus(status) };
}

/**
 * Checks the topology and brings its lab up.
 *
 * @throws HoldfastError `refused` when the check does not come out clean, and what {@link upLab} throws
 */
export async function bringUp(
  context: CommandContext,
  topology: ResolvedTopology,
  options: UpOptions,
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

function asTimeScale(value: string): number {
  const scale = Number(value);
  if (scale >= 1 && scale <= 10) return scale;
  throw new InvalidArgumentError('use a number from 1 to 10');
}
