import { type Command, Option } from 'commander';
import type { ChaosReportOptions, ChaosRunOptions } from '../actions/chaos';
import type { CommandContext, CommonOptions } from '../context';
import { DEFAULT_RATE } from '../defaults';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast chaos list
  $ npx holdfast chaos run aurora-failover --to us-west-2
  $ npx holdfast chaos report out/drills/failover-20261126-101500-3f2a/report.json --out review.md
`;

/** `holdfast chaos`: faults on purpose, and what is learned from them. */
export function chaosCommand(program: Command, context: CommandContext): void {
  const chaos = program
    .command('chaos')
    .description('fault experiments: what is believed, their twins in the lab, and the review after')
    .addHelpText('after', EXAMPLES);
  chaos
    .command('list')
    .description('the experiments, what each tries to refute, and where it can be run')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      context.exit(await runCommand(context, options, () => load().list()));
    });
  chaos
    .command('run')
    .argument('<experiment>', 'name of an experiment')
    .description(
      'run the twin of an experiment in the lab, under load; lifted at the end and when interrupted',
    )
    .addOption(new Option('--target <target>', 'where').choices(['lab']).default('lab'))
    .requiredOption('--to <region>', 'Region that takes over where the answer is a move')
    .option('--rate <writes>', 'writes a second of the load', Number, DEFAULT_RATE)
    .addHelpText('after', EXAMPLES)
    .action(async (experiment: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ChaosRunOptions>();
      context.exit(await runCommand(context, options, () => load().run(context, experiment, options)));
    });
  chaos
    .command('report')
    .argument('<evidence>', 'report.json of a drill, or the document of chaos run --json')
    .description('a post-incident review, its facts filled in from the evidence')
    .option('--out <file>', 'file to write; standard output by default')
    .addHelpText('after', EXAMPLES)
    .action(async (evidence: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ChaosReportOptions>();
      context.exit(await runCommand(context, options, async () => load().report(context, evidence, options)));
    });
}

const load = () => require('../actions/chaos') as typeof import('../actions/chaos');
