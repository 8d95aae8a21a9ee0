import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReleaseCommand } from '../../runtime/release/release-store';
import type { ReleaseCommandOptions, StartOptions } from '../actions/release';
import type { CommandContext } from '../context';
import { DEFAULT_RATE } from '../defaults';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast release start                                    # in the lab: the built artifact, by a canary
  $ npx holdfast release start --fault errors --bake-minutes 0  # in the lab: a bad build, which is rolled back
  $ npx holdfast release start --target aws                       # on AWS: a dry run, which only looks
  $ npx holdfast release start --target aws --artifact app.tgz --execute --confirm orders
  $ npx holdfast release status --target aws
  $ npx holdfast release pause --target aws
  $ npx holdfast release resume --target aws
  $ npx holdfast release rollback --target aws
`;

/** `holdfast release`: a new build in small steps, Region by Region, watched by alarms, and always reversible. */
export function releaseCommand(program: Command, context: CommandContext): void {
  const release = program
    .command('release')
    .description('release a build in small steps, Region by Region, watched, and with a way back')
    .addHelpText('after', EXAMPLES);
  startCommand(release, context);
  targeted(release.command('status').description('the last release and how far it has come')).action(
    async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ReleaseCommandOptions>();
      context.exit(await runCommand(context, options, () => load().status(context, options)));
    },
  );
  asking(release, context, 'pause', 'go no further; alarms go on to be watched, and lead back');
  asking(
    release,
    context,
    'resume',
    'go on, also with a release whose controller died, and lead it to its end',
  );
  asking(release, context, 'promote', 'give the new build all requests of this Region now; it stays watched');
  asking(release, context, 'rollback', 'give the former build all requests again, and lead that to its end');
}

function startCommand(release: Command, context: CommandContext): void {
  const command = release
    .command('start')
    .description('begin a release and lead it to its end; on AWS a dry run unless told otherwise')
    .option('--artifact <file>', 'packed application (.tgz); the built one when left out')
    .option('--build <sha256>', 'a build that is in the buckets of artifacts already')
    .addOption(
      new Option('--strategy <strategy>', 'how requests move')
        .choices(['canary', 'linear', 'all-at-once'])
        .default('canary'),
    );
  const numbers = [
    ['--canary-percent <percent>', 'first step of a canary', 10],
    ['--steps <count>', 'equal steps of a linear release', 4],
    ['--step-minutes <minutes>', 'how long each step is watched; a period of metrics at least', 5],
    ['--bake-minutes <minutes>', 'how long all requests are watched before the next Region', 10],
    ['--keep-warm-minutes <minutes>', 'how long the old clones stay in the end', 60],
    ['--error-percent <percent>', 'failed requests beyond which it goes back', 5],
    ['--latency-seconds <seconds>', '99th percentile beyond which it goes back', 1],
  ] as const;
  for (const [flags, what, value] of numbers) command.option(flags, what, asNumber, value);
  targeted(command)
    .option('--minimum-requests <count>', 'without which a period says nothing; 10, in the lab 1', asNumber)
    .option('--rate <writes>', 'writes a second of the load in the lab; 0 for none', asNumber, DEFAULT_RATE)
    .option('--accept-unknown <checks...>', 'checks that may stay unknown, by id')
    .option('--mends <why>', 'on AWS: why it may go out although an error budget is spent')
    .addOption(
      new Option('--fault <fault>', 'in the lab: release a build with this wrong').choices([
        'none',
        'errors',
        'orders',
        'latency',
        'crash',
        'health',
      ]),
    )
    .option('--execute', 'on AWS: really release, rather than only look')
    .option('--confirm <application>', 'on AWS: the application, typed once more')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<StartOptions>();
      context.exit(await runCommand(context, options, () => load().start(context, options)));
    });
}

function asking(release: Command, context: CommandContext, name: ReleaseCommand, what: string): void {
  targeted(release.command(name).description(what)).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<ReleaseCommandOptions>();
    context.exit(await runCommand(context, options, () => load().command(context, options, name)));
  });
}

function targeted(command: Command): Command {
  return command
    .addOption(new Option('--target <target>', 'where').choices(['lab', 'aws']).default('lab'))
    .addHelpText('after', EXAMPLES);
}

function asNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('give a number');
}

const load = () => require('../actions/release') as typeof import('../actions/release');
