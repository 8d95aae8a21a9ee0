import { type Command, Option } from 'commander';
import type { DriftCliOptions } from '../actions/drift';
import type { PublishOptions } from '../actions/drift-publish';
import type { CommandContext } from '../context';
import { runCommand } from '../run';
import { reviewCommands } from './drift-review';

const EXAMPLES = `
Examples:
  $ npx holdfast drift --before deployed.json --after cdk.out/orders-data.template.json
  $ npx holdfast drift --before deployed.json --after new.json --format md --out comment.md
  $ npx holdfast drift --assembly cdk.out --deployed deployed
  $ npx holdfast drift --assembly cdk.out --parity
  $ npx holdfast drift --live
  $ npx holdfast drift --assembly cdk.out --from-account --live --target aws
  $ npx holdfast drift --plan network.json --plan data.json --fail-on change
  $ npx holdfast drift --report out/drift/report.json --format html --out drift.html

Exit codes: 2 when a finding reaches --fail-on, else 1 when anything could not be checked, else 0.
`;

/** `holdfast drift`: what would change, what has changed, and what of it is dangerous. */
export function driftCommand(program: Command, context: CommandContext): void {
  const drift = program.command('drift');
  publishCommand(drift, context);
  reviewCommands(drift, context);
  drift
    .description('what would change, what has drifted, what is dangerous, and what could not be checked')
    .option('--before <file>', 'deployed template (JSON or YAML)')
    .option('--after <file>', 'new template (JSON or YAML)')
    .option('--assembly <folder>', 'synthesized cloud assembly, such as cdk.out')
    .option(
      '--deployed <folder>',
      'deployed templates of its stacks: <region>/<stack>.json, or another assembly',
    )
    .option('--parity', 'hold the Regions of the assembly against each other')
    .option(
      '--pair <a=b>',
      'stacks to hold against each other whose names differ; may be given again',
      collect,
    )
    .option('--seed <region>', 'Region of birth by the topology, where alone stands what is made once')
    .option('--change-set <file>', 'describe-change-set of CloudFormation; may be given again', collect)
    .option(
      '--stack-drift <file>',
      'describe-stack-resource-drifts of CloudFormation; may be given again',
      collect,
    )
    .option('--plan <file>', 'Terraform plan as JSON (terraform show -json); may be given again', collect)
    .option('--report <file>', 'a report that an earlier run has left, to be formatted again');
  accountOptions(drift);
  drift
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
    .option('--ignore <file>', 'reviewed findings to ignore; drift-ignore.yaml of the project by default')
    .option(
      '--register <file>',
      'the active Region by the register, so that a failover is no drift: holdfast status --json',
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

/** Sources that are read of the account, or of the lab, by the same calls. */
function accountOptions(drift: Command): void {
  drift
    .option('--from-account', 'hold the assembly against the deployed templates, in every Region')
    .option(
      '--make-change-sets',
      'have CloudFormation make a change set of each stack, read it and delete it again',
    )
    .option('--read-change-set <name>', 'read the change set of that name of each stack of the assembly')
    .option('--detect-drift', 'start drift detection of each stack by CloudFormation, and wait for it')
    .option('--live', 'probe what runs: weights, sizes, mappings, DNS, global clusters, configurations')
    .option('--stack <region/stack>', 'detect and probe this stack instead; may be given again', collect)
    .addOption(
      new Option('--target <target>', 'which account these ask').choices(['lab', 'aws']).default('lab'),
    );
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function publishCommand(drift: Command, context: CommandContext): void {
  drift
    .command('publish')
    .description('put a report where a GitHub workflow shows it: step summary, pull request, issues')
    .option('--report <file>', 'the report; that of the last run by default')
    .addOption(
      new Option('--to <place>', 'where').choices(['summary', 'comment', 'issues']).makeOptionMandatory(),
    )
    .option('--pull-request <number>', "number of the pull request; the event's own by default")
    .option('--comment-key <key>', 'names the comment, when a pull request has several', 'drift')
    .option('--label <label>', 'label of the issues', 'drift')
    .option(
      '--author <login>',
      'login that the token acts as; only its texts are touched',
      'github-actions[bot]',
    )
    .option('--whole <where>', 'where the whole report is; the run by default')
    .addHelpText('after', PUBLISH_HELP)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PublishOptions>();
      context.exit(await runCommand(context, options, () => loadPublish().publish(context, options)));
    });
}

const PUBLISH_HELP = `
Example:
  $ npx holdfast drift publish --to comment

Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_EVENT_PATH, GITHUB_STEP_SUMMARY, as a workflow has them.
The comment is updated in place and never deleted; one issue a stack is opened, updated and closed.
`;

const loadPublish = () => require('../actions/drift-publish') as typeof import('../actions/drift-publish');
const load = () => require('../actions/drift') as typeof import('../actions/drift');
