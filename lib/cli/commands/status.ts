import type { Command } from 'commander';
import { labStatus } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { formatStatus } from '../lab-text';
import { runCommand } from '../run';

/** `holdfast status`: what runs, who is active, and what could not be looked at. */
export function statusCommand(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('say what runs on this machine, which Region is active, and what could not be looked at')
    .addHelpText('after', '\nExample:\n  $ npx holdfast status --json\n')
    .action(async (_options: unknown, command: Command) => {
      context.exit(
        await runCommand(context, command.optsWithGlobals<CommonOptions>(), () => status(context)),
      );
    });
}

async function status(context: CommandContext): Promise<CommandResult> {
  const { projectRoot, clock } = context;
  const found = await labStatus({ projectRoot, clock });
  const exitCode = found.healthy ? EXIT.good : EXIT.found;
  return { exitCode, document: found, text: formatStatus(found) };
}
