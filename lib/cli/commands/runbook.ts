import { type Command, Option } from 'commander';
import type { ShowOptions, WriteOptions } from '../actions/runbook';
import type { CommandContext, CommonOptions } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast runbook list
  $ npx holdfast runbook show evacuate --region us-east-2
  $ npx holdfast runbook show --alarm orders-slo-place-order-fast --region us-east-2
  $ npx holdfast runbook write --out runbooks
  $ npx holdfast runbook check --out runbooks
`;

/** `holdfast runbook`: what a person follows, with the names of each Region. */
export function runbookCommand(program: Command, context: CommandContext): void {
  const runbook = program
    .command('runbook')
    .description('what to do, step by step, with the names and commands of each Region')
    .addHelpText('after', EXAMPLES);
  runbook
    .command('list')
    .description('the runbooks there are, and when each is the right one')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      context.exit(await runCommand(context, options, () => load().list(context, options)));
    });
  runbook
    .command('show')
    .argument('[id]', 'id of a runbook')
    .description('print one runbook')
    .option('--region <region>', 'where you act; the first Region of the topology by default')
    .option('--alarm <name>', 'the runbook to which an alarm leads, instead of an id')
    .option('--level <name>', 'a service level: the same as the alarm of it')
    .addOption(new Option('--format <format>', 'how').choices(['md', 'html']).default('md'))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ShowOptions>();
      context.exit(await runCommand(context, options, () => load().show(context, id, options)));
    });
  const folder = (command: Command) =>
    command
      .option('--out <folder>', 'folder of the written runbooks', 'runbooks')
      .addHelpText('after', EXAMPLES);
  folder(
    runbook.command('write').description('write every runbook of every Region, as Markdown and HTML'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<WriteOptions>();
    context.exit(await runCommand(context, options, () => load().write(context, options)));
  });
  folder(
    runbook
      .command('check')
      .description('exit 2 when written runbooks are not those of the topology any more'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<WriteOptions>();
    context.exit(await runCommand(context, options, () => load().check(context, options)));
  });
}

const load = () => require('../actions/runbook') as typeof import('../actions/runbook');
