import { type ResolvedTopology, refuseHomes, standbyRegions } from '../../../regions';
import { HoldfastError } from '../../errors';
import { downLab } from '../../lab';
import type { CommandContext, CommandResult, CommonOptions } from '../context';
import { DEFAULT_RATE, DEFAULT_TIME_SCALE } from '../defaults';
import { moveInLab } from '../drill-run';
import { formatDrill } from '../drill-text';
import { readTopologyFile } from '../topology-file';
import { bringUp } from './up';

/** Check, Regions up, switchover under load, report, Regions down. */
export async function demo(context: CommandContext, options: CommonOptions): Promise<CommandResult> {
  const topology = await readTopologyFile(
    context.projectRoot,
    options.topology,
    context.environment.CDK_DEFAULT_ACCOUNT,
  );
  refuseHomes(topology, 'holdfast demo');
  const { clock, output, projectRoot } = context;
  await bringUp(context, topology, { ...options, timeScale: DEFAULT_TIME_SCALE });
  try {
    const { report, exitCode, directory } = await moveInLab(context, topology, {
      to: target(topology),
      rate: DEFAULT_RATE,
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
