import { type Command, InvalidArgumentError } from 'commander';
import type { ResolvedTopology } from '../../../regions';
import { abortDrill, type DrillResult, preflight, resumeDrill, runDrill } from '../../drill';
import { HoldfastError } from '../../errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT, type ExitCode } from '../context';
import { switchoverInLab } from '../drill-run';
import { type DrillTarget, openDrill } from '../drill-target';
import { formatDrill, formatPreflight } from '../drill-text';
import { runCommand } from '../run';
import { readTopologyFile } from '../topology-file';

interface DrillOptions extends CommonOptions {
  readonly target: DrillTarget;
}

interface SwitchoverOptions extends DrillOptions {
  readonly to: string;
  readonly rate: number;
  readonly acceptUnknown?: readonly string[];
  readonly execute?: boolean;
  readonly confirm?: string;
}

const EXAMPLES = `
Examples:
  $ npx holdfast drill switchover --to us-west-2
  $ npx holdfast drill resume
  $ npx holdfast drill abort
  $ npx holdfast drill switchover --to us-west-2 --target aws
  $ npx holdfast drill switchover --to us-west-2 --target aws --execute --confirm us-west-2
`;

/** `holdfast drill`: move the application, go on with a move that was cut off, or undo it. */
export function drillCommand(program: Command, context: CommandContext): void {
  const drill = program
    .command('drill')
    .description('move the application between Regions, measured and journalled')
    .addHelpText('after', EXAMPLES);
  drill
    .command('switchover')
    .description('planned move without loss; in the lab under load, on AWS a dry run unless told otherwise')
    .requiredOption('--to <region>', 'Region that takes over')
    .option('--target <target>', 'lab or aws', asTarget, 'lab')
    .option('--rate <writes>', 'writes a second of the load in the lab; 0 for none', asRate, 50)
    .option('--accept-unknown <checks...>', 'preflight checks that may stay unknown, by id')
    .option('--execute', 'on AWS: really move, rather than only look')
    .option('--confirm <region>', 'on AWS: the Region that takes over, typed once more')
    .addHelpText('after', EXAMPLES)
    .action(run(context, switchover));
  for (const [name, description, act] of [
    ['resume', 'go on with a drill that was cut off or stopped safely', resumeDrill],
    ['abort', 'undo a drill that did not end, where that is safe', abortDrill],
  ] as const) {
    drill
      .command(name)
      .description(description)
      .argument('[id]', 'id of the drill', undefined)
      .option('--target <target>', 'lab or aws', asTarget, 'lab')
      .addHelpText('after', EXAMPLES)
      .action((id: string | undefined, _options: unknown, command: Command) =>
        run(context, (topology, options: DrillOptions) =>
          withDrill(context, topology, options.target, open => act(open, id === undefined ? {} : { id })),
        )(_options, command),
      );
  }
}

type Act<O> = (topology: ResolvedTopology, options: O, context: CommandContext) => Promise<CommandResult>;

function run<O extends CommonOptions>(context: CommandContext, act: Act<O>) {
  return async (_options: unknown, command: Command): Promise<void> => {
    const options = command.optsWithGlobals<O>();
    const code = await runCommand(context, options, async () =>
      act(
        await readTopologyFile(
          context.projectRoot,
          options.topology,
          context.environment.CDK_DEFAULT_ACCOUNT,
        ),
        options,
        context,
      ),
    );
    context.exit(code);
  };
}

async function switchover(
  topology: ResolvedTopology,
  options: SwitchoverOptions,
  context: CommandContext,
): Promise<CommandResult> {
  if (options.target === 'lab') return toResult(await switchoverInLab(context, topology, options));
  if (!options.execute) return dryRun(topology, options, context);
  if (options.confirm !== options.to) {
    throw new HoldfastError('refused', 'a move on AWS wants the Region typed once more', [
      {
        path: '--confirm',
        received: options.confirm,
        message: `must be ${options.to}`,
        fix: `add --confirm ${options.to}`,
      },
    ]);
  }
  return withDrill(context, topology, 'aws', open => runDrill(open, options));
}

async function dryRun(
  topology: ResolvedTopology,
  options: SwitchoverOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const open = openDrill(context, topology, 'aws');
  try {
    const found = await preflight(open.context, options);
    const codes: Record<typeof found.verdict, ExitCode> = {
      clean: EXIT.good,
      failed: EXIT.found,
      unknown: EXIT.failed,
    };
    return { exitCode: codes[found.verdict], document: found, text: formatPreflight(found) };
  } finally {
    open.close();
  }
}

async function withDrill(
  context: CommandContext,
  topology: ResolvedTopology,
  target: DrillTarget,
  act: (open: ReturnType<typeof openDrill>['context']) => Promise<DrillResult>,
): Promise<CommandResult> {
  const open = openDrill(context, topology, target);
  try {
    return toResult(await act(open.context));
  } finally {
    open.close();
  }
}

const toResult = ({ report, exitCode, directory }: DrillResult): CommandResult => ({
  exitCode,
  document: report,
  text: formatDrill(report, directory),
});

function asTarget(value: string): DrillTarget {
  if (value === 'lab' || value === 'aws') return value;
  throw new InvalidArgumentError('use lab or aws');
}

function asRate(value: string): number {
  const rate = Number(value);
  if (Number.isInteger(rate) && rate >= 0 && rate <= 1000) return rate;
  throw new InvalidArgumentError('use a whole number from 0 to 1000');
}
