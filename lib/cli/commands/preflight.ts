import { type Command, Option } from 'commander';
import type { PreflightCommandOptions } from '../actions/drill-plan';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast preflight --to us-west-2
  $ npx holdfast preflight --to us-west-2 --target aws --json
`;

/** `holdfast preflight`: whether a Region could take over now; for a person, and for a schedule. */
export function preflightCommand(program: Command, context: CommandContext): void {
  program
    .command('preflight')
    .description('look whether a Region could take over now; changes nothing')
    .requiredOption('--to <region>', 'Region that would take over')
    .option('--home <home>', 'home of an active-active application that would move')
    .addOption(
      new Option('--mode <mode>', 'kind of move')
        .choices(['switchover', 'failover', 'failback'])
        .default('switchover'),
    )
    .addOption(new Option('--target <target>', 'where').choices(['lab', 'aws']).default('lab'))
    .option('--accept-unknown <checks...>', 'checks that may stay unknown, by id')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PreflightCommandOptions>();
      context.exit(await runCommand(context, options, () => loadAction().runPreflight(context, options)));
    });
}

const loadAction = () => require('../actions/drill-plan') as typeof import('../actions/drill-plan');
