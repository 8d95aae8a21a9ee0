import { type Command, InvalidArgumentError, Option } from 'commander';
import type { JobsOptions, ListOptions, ReplayOptions } from '../actions/jobs';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const STATES = ['done', 'failed', 'parked', 'owed', 'stranded'];

const EXAMPLES = `
Examples:
  $ npx holdfast jobs list
  $ npx holdfast jobs list --state parked --since 2h --contains no-such-item
  $ npx holdfast jobs list --state stranded --region us-east-2
  $ npx holdfast jobs show 5f0c6d1e-4c55-4c0e-9d52-0a1f0b9f7f11
  $ npx holdfast jobs replay 5f0c6d1e-4c55-4c0e-9d52-0a1f0b9f7f11 --reason 'item was added'
  $ npx holdfast jobs replay --state parked --since 2h --dry-run
  $ npx holdfast jobs replay --state stranded --target aws --execute --confirm us-west-2
`;

/** `holdfast jobs`: what ran, failed, is parked, owed or stranded, and how it runs again. */
export function jobsCommand(program: Command, context: CommandContext): void {
  const jobs = program
    .command('jobs')
    .description('what ran, failed, is parked, owed or stranded, and run it again')
    .addHelpText('after', EXAMPLES);
  listCommand(jobs, context);
  showCommand(jobs, context);
  replayCommand(jobs, context);
}

function listCommand(jobs: Command, context: CommandContext): void {
  filters(
    jobs.command('list').description('jobs, newest first, and what is in the queues of every Region'),
    context,
  )
    .option('--limit <jobs>', 'most jobs', asCount, 50)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      context.exit(await runCommand(context, options, () => load().list(context, options)));
    });
}

function showCommand(jobs: Command, context: CommandContext): void {
  targeted(jobs.command('show').description('every attempt at one job, with its messages'))
    .argument('<id>', 'id of an order or of a message')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<JobsOptions>();
      context.exit(await runCommand(context, options, () => load().show(context, options, id)));
    });
}

function replayCommand(jobs: Command, context: CommandContext): void {
  filters(jobs.command('replay').description('have jobs run again, once in effect; oldest first'), context)
    .argument('[ids...]', 'ids of orders or messages; without them --state and filters say which')
    .option('--reason <text>', 'why, kept with each job')
    .option('--max <jobs>', 'most jobs in this run', asCount, 100)
    .option('--dry-run', 'only say which; the default on AWS')
    .option('--execute', 'on AWS: really do it')
    .option('--confirm <region>', 'on AWS: the active Region, typed once more')
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ReplayOptions>();
      context.exit(await runCommand(context, options, () => load().replay(context, options, ids)));
    });
}

function targeted(command: Command): Command {
  return command
    .addOption(new Option('--target <target>', 'where').choices(['lab', 'aws']).default('lab'))
    .option('--home <home>', 'home of an active-active application whose jobs they are')
    .addHelpText('after', EXAMPLES);
}

function filters(command: Command, { clock }: CommandContext): Command {
  const asTime = (text: string): Date => parseTime(text, clock.now());
  return targeted(command)
    .addOption(new Option('--state <state>', 'where they stand').choices(STATES))
    .option('--region <region>', 'whose worker or queue')
    .option('--kind <kind>', 'kind of job, such as fulfil or message')
    .option('--contains <text>', 'in id, correlation id, reason or body')
    .option('--since <time>', 'ISO time, or an age such as 30s, 15m, 2h, 3d', asTime)
    .option('--until <time>', 'the same, not included', asTime);
}

const load = () => require('../actions/jobs') as typeof import('../actions/jobs');

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time of a person: ISO 8601, or an age before `now`. */
export function parseTime(text: string, now: Date): Date {
  const age = /^(\d{1,6})([smhd])$/.exec(text);
  if (age !== null) return new Date(now.getTime() - Number(age[1]) * (UNITS[age[2] ?? ''] ?? 0));
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : undefined;
  if (time !== undefined && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('use an ISO time, or an age such as 15m');
}

function asCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count;
  throw new InvalidArgumentError('use a whole number from 1 to 10000');
}
