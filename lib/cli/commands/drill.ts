import { type Command, InvalidArgumentError } from 'commander';
import type { DrillOptions, SwitchoverOptions } from '../actions/drill';
import type { CommandContext } from '../context';
import { DEFAULT_RATE } from '../defaults';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast drill switchover --to us-west-2
  $ npx holdfast drill resume
  $ npx holdfast drill abort
  $ npx holdfast drill switchover --to us-west-2 --target aws
  $ npx holdfast drill switchover --to us-west-2 --target aws --execute --confirm us-west-2
`;

/** `holdfast drill`: move the application, go on with a move that was cut off, or undo it. */
export function drillCommand(program: Command, context: CommandContext): void {
  const drill = program
    .command('drill')
    .description('move the application between Regions, measured and journalled')
    .addHelpText('after', EXAMPLES);
  drill
    .command('switchover')
    .description('planned move without loss; in the lab under load, on AWS a dry run unless told otherwise')
    .requiredOption('--to <region>', 'Region that takes over')
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .option('--rate <writes>', 'writes a second of the load in the lab; 0 for none', asRate, DEFAULT_RATE)
    .option('--accept-unknown <checks...>', 'preflight checks that may stay unknown, by id')
    .option('--execute', 'on AWS: really move, rather than only look')
    .option('--confirm <region>', 'on AWS: the Region that takes over, typed once more')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SwitchoverOptions>();
      context.exit(await runCommand(context, options, () => loadAction().switchover(context, options)));
    });
  takeUpCommand(drill, context, 'resume', 'go on with a drill that was cut off or stopped safely');
  takeUpCommand(drill, context, 'abort', 'undo a drill that did not end, where that is safe');
}

function takeUpCommand(
  drill: Command,
  context: CommandContext,
  name: 'resume' | 'abort',
  what: string,
): void {
  drill
    .command(name)
    .description(what)
    .argument('[id]', 'id of the drill; the newest that did not end, when left out')
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DrillOptions>();
      context.exit(await runCommand(context, options, () => loadAction()[name](context, options, id)));
    });
}

const loadAction = () => require('../actions/drill') as typeof import('../actions/drill');

function asTarget(value: string): DrillOptions['target'] {
  if (value === 'lab' || value === 'aws') return value;
  throw new InvalidArgumentError('use lab or aws');
}

function asRate(value: string): number {
  const rate = Number(value);
  if (Number.isInteger(rate) && rate >= 0 && rate <= 1000) return rate;
  throw new InvalidArgumentError('use a whole number from 0 to 1000');
}
