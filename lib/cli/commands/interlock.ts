import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CloseOptions, InterlockOptions, OpenOptions } from '../actions/interlock';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast interlock status --target aws
  $ npx holdfast interlock open --target aws --minutes 30 --reason 'the fix for the outage itself'
  $ npx holdfast interlock close --target aws
`;

/** `holdfast interlock`: whether deploys are held back now, and a person's leave to deploy all the same. */
export function interlockCommand(program: Command, context: CommandContext): void {
  const interlock = program
    .command('interlock')
    .description('whether deploys are held back by a drill or a failover, and leave to deploy all the same')
    .addHelpText('after', EXAMPLES);
  targeted(interlock.command('status').description('what each Region would say to a deploy now')).action(
    async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<InterlockOptions>();
      context.exit(await runCommand(context, options, () => load().status(context, options)));
    },
  );
  targeted(interlock.command('open').description('give leave to deploy; it ends by itself'))
    .requiredOption('--reason <text>', 'why this deploy cannot wait; kept with the leave')
    .option('--minutes <minutes>', 'how long it lasts, at most 240', asMinutes, 30)
    .option('--by <name>', 'who gives it', context.environment.USER ?? context.environment.LOGNAME)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<OpenOptions>();
      context.exit(await runCommand(context, options, () => load().open(context, options)));
    });
  targeted(interlock.command('close').description('take leave back')).action(
    async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CloseOptions>();
      context.exit(await runCommand(context, options, () => load().close(context, options)));
    },
  );
}

function targeted(command: Command): Command {
  return command
    .addOption(new Option('--target <target>', 'where').choices(['lab', 'aws']).default('lab'))
    .option('--region <regions...>', 'Regions; all of the topology by default')
    .addHelpText('after', EXAMPLES);
}

function asMinutes(text: string): number {
  const minutes = Number(text);
  if (text.trim() !== '' && minutes > 0 && minutes <= 240) return minutes;
  throw new InvalidArgumentError('give more than 0 and at most 240 minutes');
}

const load = () => require('../actions/interlock') as typeof import('../actions/interlock');
