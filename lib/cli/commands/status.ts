import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from '../context';
import { runCommand } from '../run';

/** `holdfast status`: what runs, who is active, and what could not be looked at. */
export function statusCommand(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('say what runs on this machine, which Region is active, and what could not be looked at')
    .addHelpText('after', '\nExample:\n  $ npx holdfast status --json\n')
    .action(async (_options: unknown, command: Command) => {
      context.exit(
        await runCommand(context, command.optsWithGlobals<CommonOptions>(), () =>
          loadAction().status(context),
        ),
      );
    });
}

const loadAction = () => require('../actions/status') as typeof import('../actions/status');
