import { type Command, Option } from 'commander';
import type { DoctorOptions } from '../actions/doctor';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast doctor
  $ npx holdfast doctor --target aws --json
`;

/** `holdfast doctor`: what is missing on this machine, or in the topology's account. */
export function doctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description(
      'say what is missing on this machine for a lab, or in the account for a deploy; changes nothing',
    )
    .addOption(
      new Option('--target <target>', 'what to look at: this machine, or the account too')
        .choices(['lab', 'aws'])
        .default('lab'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DoctorOptions>();
      context.exit(await runCommand(context, options, () => load().doctor(context, options)));
    });
}

const load = () => require('../actions/doctor') as typeof import('../actions/doctor');
