import type { Command } from 'commander';
import type { TurnOptions } from '../actions/controls';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast controls turn --to us-west-2 --parameter /orders/turn
  $ npx holdfast controls turn --to us-west-2 --parameter /orders/turn --execute --confirm us-west-2
`;

/** `holdfast controls`: turns records that routing controls turn. */
export function controlsCommand(program: Command, context: CommandContext): void {
  const controls = program
    .command('controls')
    .description('routing controls of Application Recovery Controller, where they turn the records')
    .addHelpText('after', EXAMPLES);
  controls
    .command('turn')
    .description('turn traffic to a Region, through whichever endpoint of the cluster works; fences nothing')
    .requiredOption('--to <region>', 'Region whose control is to be on, and the others off')
    .requiredOption('--parameter <name>', 'parameter that holds endpoints and controls')
    .option('--read-from <region>', 'Region whose copy of the parameter is read; that of --to by default')
    .option('--execute', 'really do it; without, it is only said what would be done')
    .option('--confirm <region>', 'the Region, typed once more')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TurnOptions>();
      context.exit(await runCommand(context, options, () => load().turn(context, options)));
    });
}

const load = () => require('../actions/controls') as typeof import('../actions/controls');
