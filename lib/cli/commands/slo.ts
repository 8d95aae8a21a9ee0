import { type Command, Option } from 'commander';
import type { SloOptions, SloReportOptions } from '../actions/slo';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast slo status --target aws
  $ npx holdfast slo report --target aws --quarter 2026-Q3 --out slo.html --save slo.json
  $ npx holdfast slo report --data slo.json --out slo.html
`;

/** `holdfast slo`: how the promises of the topology stand, and what a period says of them. */
export function sloCommand(program: Command, context: CommandContext): void {
  const slo = program
    .command('slo')
    .description('service levels: what is left of each error budget, and what a quarter says of the promises')
    .addHelpText('after', EXAMPLES);
  sourced(
    slo.command('status').description('each level over its window: exit 2 when a budget is spent'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<SloOptions>();
    context.exit(await runCommand(context, options, () => load().status(context, options)));
  });
  sourced(slo.command('report').description('a period day by day, with charts and what to change'))
    .option('--quarter <quarter>', 'such as 2026-Q3; the last whole one by default')
    .option('--out <file>', 'page to write', 'slo.html')
    .option('--save <file>', 'keep what was read, for --data')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SloReportOptions>();
      context.exit(await runCommand(context, options, () => load().report(context, options)));
    });
}

function sourced(command: Command): Command {
  return command
    .addOption(new Option('--target <target>', 'where to read: CloudWatch of every Region').choices(['aws']))
    .option('--data <file>', 'read what an earlier run has saved instead')
    .addHelpText('after', EXAMPLES);
}

const load = () => require('../actions/slo') as typeof import('../actions/slo');
