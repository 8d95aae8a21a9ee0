import type { Command } from 'commander';
import { type ResolvedTopology, standbyRegions } from '../../../regions';
import { HoldfastError } from '../../errors';
import { downLab } from '../../lab';
import type { CommandContext, CommandResult, CommonOptions } from '../context';
import { switchoverInLab } from '../drill-run';
import { formatDrill } from '../drill-text';
import { runCommand } from '../run';
import { readTopologyFile } from '../topology-file';
import { bringUp, DEFAULT_TIME_SCALE } from './up';

/** `holdfast demo`, which `npm start` runs: everything once, from the topology to the report, and down again. */
export function demoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description(
      'the whole story on this machine: check, Regions up, load, switchover, verification, report, down',
    )
    .addHelpText('after', '\nExample:\n  $ npm start\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      context.exit(await runCommand(context, options, () => demo(context, options)));
    });
}

async function demo(context: CommandContext, options: CommonOptions): Promise<CommandResult> {
  const topology = await readTopologyFile(
    context.projectRoot,
    options.topology,
    context.environment.CDK_DEFAULT_ACCOUNT,
  );
  const { clock, output, projectRoot } = context;
  await bringUp(context, topology, { ...options, timeScale: DEFAULT_TIME_SCALE });
  try {
    const { report, exitCode, directory } = await switchoverInLab(context, topology, {
      to: target(topology),
      rate: 50,
    });
    return {
      exitCode: exitCode as CommandResult['exitCode'],
      document: report,
      text: formatDrill(report, directory),
    };
  } finally {
    await downLab({ projectRoot, clock, output });
  }
}

function target(topology: ResolvedTopology): string {
  const first = standbyRegions(topology)[0];
  if (first === undefined)
    throw new HoldfastError('invalid-topology', 'the topology has no standby to move to');
  return first.name;
}
