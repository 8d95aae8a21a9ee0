import { downLab } from '../../lab';
import { type CommandContext, type CommandResult, EXIT } from '../context';

/** Stops what runs and tells how much it was. */
export async function down(context: CommandContext): Promise<CommandResult> {
  const { projectRoot, clock, output } = context;
  const result = await downLab({ projectRoot, clock, output });
  const text =
    result.stopped.length === 0 ? 'nothing was running' : `stopped ${result.stopped.length} processes`;
  return { exitCode: EXIT.good, document: { version: 1, ...result }, text };
}
