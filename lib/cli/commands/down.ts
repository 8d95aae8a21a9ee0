import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from '../context';
import { runCommand } from '../run';

/** `holdfast down`: stops what the lab of this project has started, also after a crash. */
export function downCommand(program: Command, context: CommandContext): void {
  program
    .command('down')
    .description('stop the Regions on this machine and remove their data; also cleans up after a crash')
    .addHelpText('after', '\nExample:\n  $ npx holdfast down\n')
    .action(async (_options: unknown, command: Command) => {
      context.exit(
        await runCommand(context, command.optsWithGlobals<CommonOptions>(), () => loadAction().down(context)),
      );
    });
}

const loadAction = () => require('../actions/down') as typeof import('../actions/down');
