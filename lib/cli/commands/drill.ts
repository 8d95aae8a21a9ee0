import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { DrillMode } from '../../drill';
import type { DrillOptions, MoveOptions } from '../actions/drill';
import type { PlanOptions } from '../actions/drill-plan';
import type { RehearseOptions } from '../actions/drill-rehearse';
import type { GameDayOptions } from '../actions/game-day';
import type { CommandContext, CommonOptions } from '../context';
import { DEFAULT_RATE } from '../defaults';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast drill switchover --to us-west-2
  $ npx holdfast drill failover --to us-west-2 --accept-data-loss
  $ npx holdfast drill failback --to us-east-2
  $ npx holdfast drill switchover --home east --to us-west-2
  $ npx holdfast drill game-day region-loss --to us-west-2
  $ npx holdfast drill plan --to us-west-2 --format mermaid
  $ npx holdfast drill resume
  $ npx holdfast drill abort
  $ npx holdfast drill switchover --to us-west-2 --target aws
  $ npx holdfast drill switchover --to us-west-2 --target aws --execute --confirm us-west-2
`;

const HOME = 'home of an active-active application that is moved; the others stay where they are';

/** `holdfast drill`: move the application, go on with a move that was cut off, or undo it. */
export function drillCommand(program: Command, context: CommandContext): void {
  const drill = program
    .command('drill')
    .description('move the application between Regions, measured and journalled')
    .addHelpText('after', EXAMPLES);
  for (const mode of ['switchover', 'failover', 'failback'] as const) moveCommand(drill, context, mode);
  planCommand(drill, context);
  rehearseCommand(drill, context);
  gameDayCommand(drill, context);
  historyCommand(drill, context);
  takeUpCommand(drill, context, 'resume', 'go on with a drill that was cut off or stopped safely');
  takeUpCommand(drill, context, 'abort', 'undo a drill that did not end, where that is safe');
}

const WHAT: Readonly<Record<DrillMode, string>> = {
  switchover: 'planned move without loss; in the lab under load, on AWS a dry run unless told otherwise',
  failover: 'unplanned move away from a Region that is lost, and with it what the standby had not received',
  failback: 'planned move back to the Region that an earlier move had left',
};

function moveCommand(drill: Command, context: CommandContext, mode: DrillMode): void {
  const command = drill
    .command(mode)
    .description(WHAT[mode])
    .requiredOption('--to <region>', 'Region that takes over')
    .option('--home <home>', HOME)
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .option('--rate <writes>', 'writes a second of the load in the lab; 0 for none', asRate, DEFAULT_RATE)
    .option('--accept-unknown <checks...>', 'preflight checks that may stay unknown, by id');
  if (mode === 'failover') {
    command.option('--accept-data-loss', 'the loss of what the standby had not received is understood');
  }
  command
    .option('--execute', 'on AWS: really move, rather than only look')
    .option('--confirm <region>', 'on AWS: the Region that takes over, typed once more')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = { ...command.optsWithGlobals<MoveOptions>(), mode };
      context.exit(await runCommand(context, options, () => loadAction().move(context, options)));
    });
}

function planCommand(drill: Command, context: CommandContext): void {
  drill
    .command('plan')
    .description('print what a move would do, step by step, from the state as it is; changes nothing')
    .requiredOption('--to <region>', 'Region that takes over')
    .option('--home <home>', HOME)
    .addOption(new Option('--mode <mode>', 'kind of move').choices(Object.keys(WHAT)).default('switchover'))
    .addOption(new Option('--format <format>', 'how').choices(['text', 'mermaid']).default('text'))
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      context.exit(await runCommand(context, options, () => loadPlan().plan(context, options)));
    });
}

function rehearseCommand(drill: Command, context: CommandContext): void {
  drill
    .command('rehearse')
    .description('look at all that a move would look at, and say what each step would send; changes nothing')
    .requiredOption('--to <region>', 'Region that would take over')
    .option('--home <home>', HOME)
    .addOption(new Option('--mode <mode>', 'kind of move').choices(Object.keys(WHAT)).default('switchover'))
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .option('--accept-unknown <checks...>', 'preflight checks that may stay unknown, by id')
    .addHelpText('after', '\nExample:\n  $ npx holdfast drill rehearse --to us-west-2 --target aws\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RehearseOptions>();
      context.exit(await runCommand(context, options, () => loadRehearse().rehearse(context, options)));
    });
}

const SCENARIO_LIST = `
Scenarios:
  region-loss        the active Region is gone at once
  lossy-region-loss  the standby receives nothing for two seconds, then the active Region is gone
  frozen-database    the active Region's database stops where it stands
  gray-failure       the active Region's service answers slowly, and looks well from afar
  full-queue         the active Region's queue fills, then the Region is gone
Answered by nothing, since the application must carry it; judged by its traffic:
  zone-loss          an availability zone of the active Region is gone
  slow-network       one clone, and the network to the standby, are slow
  clock-skew         clocks of clones and workers are wrong by an hour
  clone-loss         one clone is killed
  cache-loss         the cache is killed, and comes back empty
  database-restart   the database is killed, and started again
  standby-cut        the standby receives nothing for ten seconds
`;
const SCENARIO_NAMES: readonly GameDayOptions['scenario'][] = [
  'region-loss',
  'lossy-region-loss',
  'frozen-database',
  'gray-failure',
  'full-queue',
  'zone-loss',
  'slow-network',
  'clock-skew',
  'clone-loss',
  'cache-loss',
  'database-restart',
  'standby-cut',
];

function gameDayCommand(drill: Command, context: CommandContext): void {
  drill
    .command('game-day')
    .description(
      'in the lab, under load: a named fault scenario, and its answer, which is a failover or nothing',
    )
    .addArgument(new Argument('<scenario>', 'what happens').choices(SCENARIO_NAMES))
    .requiredOption('--to <region>', 'Region that takes over')
    .option('--rate <writes>', 'writes a second of the load', asRate, DEFAULT_RATE)
    .option('--failback', 'after a failover, once the Region is back: fail back to it, as a drill of its own')
    .addHelpText(
      'after',
      `${SCENARIO_LIST}\nExample:\n  $ npx holdfast drill game-day region-loss --to us-west-2\n`,
    )
    .action(async (scenario: GameDayOptions['scenario'], _options: unknown, command: Command) => {
      const options = { ...command.optsWithGlobals<GameDayOptions>(), scenario };
      context.exit(await runCommand(context, options, () => loadGameDay().gameDay(context, options)));
    });
}

function historyCommand(drill: Command, context: CommandContext): void {
  drill
    .command('history')
    .description('list the drills that were run from here, and how their times go')
    .addHelpText('after', '\nExample:\n  $ npx holdfast drill history --json\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      context.exit(await runCommand(context, options, async () => loadHistory().history(context)));
    });
}

function takeUpCommand(
  drill: Command,
  context: CommandContext,
  name: 'resume' | 'abort',
  what: string,
): void {
  drill
    .command(name)
    .description(what)
    .argument('[id]', 'id of the drill; the newest that did not end, when left out')
    .option('--home <home>', HOME)
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DrillOptions>();
      context.exit(await runCommand(context, options, () => loadAction()[name](context, options, id)));
    });
}

const loadAction = () => require('../actions/drill') as typeof import('../actions/drill');
const loadRehearse = () => require('../actions/drill-rehearse') as typeof import('../actions/drill-rehearse');
const loadGameDay = () => require('../actions/game-day') as typeof import('../actions/game-day');
const loadHistory = () => require('../actions/drill-history') as typeof import('../actions/drill-history');
const loadPlan = () => require('../actions/drill-plan') as typeof import('../actions/drill-plan');

function asTarget(value: string): DrillOptions['target'] {
  if (value === 'lab' || value === 'aws') return value;
  throw new InvalidArgumentError('use lab or aws');
}

function asRate(value: string): number {
  const rate = Number(value);
  if (Number.isInteger(rate) && rate >= 0 && rate <= 1000) return rate;
  throw new InvalidArgumentError('use a whole number from 0 to 1000');
}
