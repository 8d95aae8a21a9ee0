import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from '../context';
import { runCommand } from '../run';

/** `holdfast demo`, which `npm start` runs: everything once, from the topology to the report, and down again. */
export function demoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description(
      'the whole story on this machine: check, Regions up, load, switchover, verification, report, down',
    )
    .addHelpText('after', '\nExample:\n  $ npx holdfast demo\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      context.exit(await runCommand(context, options, () => loadAction().demo(context, options)));
    });
}

const loadAction = () => require('../actions/demo') as typeof import('../actions/demo');
