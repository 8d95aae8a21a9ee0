import { type Command, Option } from 'commander';
import type { TraceOptions } from '../actions/trace';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast trace 5f0c6d1e-4c55-4c0e-9d52-0a1f0b9f7f11
  $ npx holdfast trace 5f0c6d1e-4c55-4c0e-9d52-0a1f0b9f7f11 --target aws --since 2h
`;

/** `holdfast trace`: what every process of every Region wrote of one request. */
export function traceCommand(program: Command, context: CommandContext): void {
  program
    .command('trace')
    .argument('<id>', 'correlation id, trace id, or the id of an order or message')
    .description('what every process of every Region wrote of one request, in order')
    .addOption(new Option('--target <target>', 'where').choices(['lab', 'aws']).default('lab'))
    .option('--since <time>', 'on AWS: ISO time, or an age such as 30m, 2h, 3d', '24h')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TraceOptions>();
      context.exit(await runCommand(context, options, () => load().trace(context, id, options)));
    });
}

const load = () => require('../actions/trace') as typeof import('../actions/trace');
