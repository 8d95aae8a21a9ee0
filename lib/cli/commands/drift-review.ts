import type { Command } from 'commander';
import type { AcceptOptions, ExplainOptions } from '../actions/drift-review';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const ACCEPT_EXAMPLE = `
Example:
  $ npx holdfast drift accept iam-broadening-0123456789 \\
      --reason 'reviewed in change 4711' --owner platform --expires 2027-03-31
`;

/** `holdfast drift explain` and `holdfast drift accept`: what is done with a finding of the last run. */
export function reviewCommands(drift: Command, context: CommandContext): void {
  drift
    .command('explain')
    .argument('<id>', 'id of a finding, or its beginning')
    .description('what a finding means, how to mend it, and what that stands on')
    .option('--report <file>', 'the report; that of the last run by default')
    .option('--rules <file>', 'the further rules that the run had')
    .addHelpText('after', '\nExample:\n  $ npx holdfast drift explain iam-broadening-0123456789\n')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExplainOptions>();
      context.exit(
        await runCommand(context, options, async () => load().explainFinding(context, id, options)),
      );
    });
  drift
    .command('accept')
    .argument('<id>', 'id of a finding, or its beginning')
    .description('ignore a finding until a day, with a reason; the entry is yours to commit')
    .requiredOption('--reason <text>', 'why it is as it should be')
    .requiredOption('--owner <who>', 'who answers for it')
    .requiredOption('--expires <day>', 'last day on which it counts, as in 2027-01-31; then the run fails')
    .option('--report <file>', 'the report; that of the last run by default')
    .option('--ignore <file>', 'the ignore file; drift-ignore.yaml of the project by default')
    .addHelpText('after', ACCEPT_EXAMPLE)
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<AcceptOptions>();
      context.exit(await runCommand(context, options, async () => load().accept(context, id, options)));
    });
}

const load = () => require('../actions/drift-review') as typeof import('../actions/drift-review');
