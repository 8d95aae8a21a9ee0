import type { Command } from 'commander';
import { downLab } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { runCommand } from '../run';

/** `holdfast down`: stops what the lab of this project has started, also after a crash. */
export function downCommand(program: Command, context: CommandContext): void {
  program
    .command('down')
    .description('stop the Regions on this machine and remove their data; also cleans up after a crash')
    .addHelpText('after', '\nExample:\n  $ npx holdfast down\n')
    .action(async (_options: unknown, command: Command) => {
      context.exit(await runCommand(context, command.optsWithGlobals<CommonOptions>(), () => down(context)));
    });
}

async function down(context: CommandContext): Promise<CommandResult> {
  const { projectRoot, clock, output } = context;
  const result = await downLab({ projectRoot, clock, output });
  const text =
    result.stopped.length === 0 ? 'nothing was running' : `stopped ${result.stopped.length} processes`;
  return { exitCode: EXIT.good, document: { version: 1, ...result }, text };
}
