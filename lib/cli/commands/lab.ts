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
  pause: 'the database of a standby stops replaying',
  resume: 'lift a pause',
  cut: 'the database of a standby receives nothing any more',
  mend: 'lift a cut',
};
const TARGETS: readonly LabFault['target'][] = ['clone', 'worker', 'cache', 'database', 'gate', 'region'];
const LIST = Object.entries(ACTIONS).map(([action, what]) => `  ${action.padEnd(9)}${what}`);

const EXAMPLES = `
Examples:
  $ npx holdfast lab ui
  $ npx holdfast lab fault kill clone --region us-east-2
  $ npx holdfast lab fault cut database --region us-west-2
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
    .description('strike a process, a link or a whole Region, and lift it again')
    .addArgument(new Argument('<action>', 'what happens').choices(Object.keys(ACTIONS)))
    .addArgument(new Argument('<target>', 'to what').choices(TARGETS))
    .requiredOption('--region <region>', 'where')
    .addHelpText('after', `\nActions:\n${LIST.join('\n')}\n${EXAMPLES}`)
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
