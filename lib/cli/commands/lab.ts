import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { LabFault } from '../../lab';
import type { FaultOptions } from '../actions/lab-fault';
import type { LabUiOptions } from '../actions/lab-ui';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const ACTIONS: Readonly<Record<LabFault['action'], string>> = {
  kill: 'SIGKILL to one process, which is started again',
  hold: 'end all of the kind and keep them down',
  release: 'lift a hold',
  freeze: 'stop a process where it stands (SIGSTOP)',
  thaw: 'let all of the kind go on',
  delay: 'hold back by --milliseconds all that a process, a standby or a register sends and receives',
  cut: 'a standby receives nothing any more; the register is out of reach',
  mend: 'lift cut and delay',
  skew: 'set the wall clock of a process --seconds ahead, and let it run at --rate',
  unskew: 'lift a skew',
  pause: 'the database of a standby stops replaying',
  resume: 'lift a pause',
  fill: 'the workers get nothing from the queue any more; --count orders are placed, which owe a message each',
  drain: 'lift a fill',
};
const TARGETS: Readonly<Record<LabFault['target'], string>> = {
  clone: 'one that serves, or all with --all, or those of a --zone',
  worker: 'the same of those that work the queue',
  cache: "the Region's cache",
  database: "the Region's database; a whole PostgreSQL, with all its sessions, when it is frozen",
  gate: "the Region's gate",
  zone: 'clones and workers of an availability zone, by --zone',
  region: 'everything in a Region',
  register: "the Region's way to the register",
  queue: "the Region's queue of work",
};
const list = (entries: Readonly<Record<string, string>>) =>
  Object.entries(entries)
    .map(([name, what]) => `  ${name.padEnd(10)}${what}`)
    .join('\n');

const EXAMPLES = `
Examples:
  $ npx holdfast lab ui
  $ npx holdfast lab fault kill clone --region us-east-2
  $ npx holdfast lab fault freeze database --region us-east-2
  $ npx holdfast lab fault hold zone --zone us-east-2a --region us-east-2
  $ npx holdfast lab fault delay clone --milliseconds 200 --region us-east-2
  $ npx holdfast lab fault skew clone --seconds 3600 --all --region us-east-2
  $ npx holdfast lab fault cut database --region us-west-2
  $ npx holdfast lab fault fill queue --count 100 --region us-east-2
  $ npx holdfast lab fault hold region --region us-east-2
  $ npx holdfast lab fault release region --region us-east-2
`;

/** `holdfast lab`: what only the local Regions can do. */
export function labCommand(program: Command, context: CommandContext): void {
  const lab = program
    .command('lab')
    .description('what only the Regions on this machine can do')
    .addHelpText('after', EXAMPLES);
  uiCommand(lab, context);
  faultCommand(lab, context);
}

function uiCommand(lab: Command, context: CommandContext): void {
  lab
    .command('ui')
    .description('serve the live page of the running lab on loopback, until Ctrl-C or holdfast down')
    .option('--port <port>', 'port of the page; a free one, when left out', asPort)
    .addHelpText('after', '\nExample:\n  $ npx holdfast lab ui\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LabUiOptions>();
      context.exit(await runCommand(context, options, () => loadUi().labUi(context, options)));
    });
}

function faultCommand(lab: Command, context: CommandContext): void {
  lab
    .command('fault')
    .description('strike a process, a zone, a link or a whole Region, and lift it again')
    .addArgument(new Argument('<action>', 'what happens').choices(Object.keys(ACTIONS)))
    .addArgument(new Argument('<target>', 'to what').choices(Object.keys(TARGETS)))
    .requiredOption('--region <region>', 'where')
    .option('--zone <zone>', 'only the clones and workers of this availability zone')
    .option('--instance <id>', 'the clone or worker of this id; the first that lives, when left out')
    .option('--all', 'all of the kind rather than one')
    .option('--milliseconds <number>', 'of delay: each way', asNumber)
    .option('--seconds <number>', 'of skew: ahead, or behind when negative', asNumber)
    .option('--rate <number>', 'of skew: seconds that the clock counts for each that passes', asNumber)
    .option('--count <number>', 'of fill: orders to place', asNumber)
    .addHelpText('after', `\nActions:\n${list(ACTIONS)}\n\nTargets:\n${list(TARGETS)}\n${EXAMPLES}`)
    .action(
      async (
        action: FaultOptions['action'],
        target: FaultOptions['target'],
        _: unknown,
        command: Command,
      ) => {
        const options = { ...command.optsWithGlobals<FaultOptions>(), action, target };
        context.exit(await runCommand(context, options, () => loadAction().labFault(context, options)));
      },
    );
}

const loadAction = () => require('../actions/lab-fault') as typeof import('../actions/lab-fault');
const loadUi = () => require('../actions/lab-ui') as typeof import('../actions/lab-ui');

function asPort(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new InvalidArgumentError('use a port from 1 to 65535');
}

/** Bounds are the lab's to judge: the same fault may come from a test. */
function asNumber(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('use a number');
}
