import { type Command, Option } from 'commander';
import type { DriftCliOptions } from '../actions/drift';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast drift --before deployed.json --after cdk.out/orders-data.template.json
  $ npx holdfast drift --before deployed.json --after new.json --format md --out comment.md
  $ npx holdfast drift --report out/drift/report.json --format html --out drift.html

Exit codes: 2 when a finding reaches --fail-on, else 1 when anything could not be checked, else 0.
`;

/** `holdfast drift`: what would change, what has changed, and what of it is dangerous. */
export function driftCommand(program: Command, context: CommandContext): void {
  program
    .command('drift')
    .description('what would change, what has drifted, what is dangerous, and what could not be checked')
    .option('--before <file>', 'deployed template (JSON)')
    .option('--after <file>', 'new template (JSON)')
    .option('--report <file>', 'a report that an earlier run has left, to be formatted again')
    .addOption(
      new Option('--format <format>', 'terminal by default; --json means json').choices([
        ...['terminal', 'md', 'json', 'sarif', 'junit', 'html'],
      ]),
    )
    .option(
      '--out <file>',
      'write the format there; standard output then has the text, or with --json the document',
    )
    .addOption(
      new Option('--fail-on <class>', 'exit 2 from this class on')
        .choices(['any', 'change', 'danger'])
        .default('danger'),
    )
    .option('--rules <file>', 'JavaScript module with further rules, as its default export or `rules`')
    .option('--comment-key <key>', 'names the comment in Markdown, when a pull request has several', 'drift')
    .option('--whole <where>', 'where the whole report is, for what does not fit into a comment')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DriftCliOptions>();
      const json = options.json === true || (options.format === 'json' && options.out === undefined);
      context.exit(await runCommand(context, { json }, async () => load().drift(context, options)));
    });
}

const load = () => require('../actions/drift') as typeof import('../actions/drift');
