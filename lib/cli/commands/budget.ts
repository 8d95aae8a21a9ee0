import type { Command } from 'commander';
import { type RecoveryBudget, recoveryBudget } from '../../../regions';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { runCommand } from '../run';
import { table } from '../table';
import { readTopologyFile } from '../topology-file';

/** `holdfast budget`: the recovery arithmetic, line by line, against the objectives. */
export function budgetCommand(program: Command, context: CommandContext): void {
  program
    .command('budget')
    .description(
      'print the recovery budget: every second of a switchover and a failover, and what shortens it',
    )
    .addHelpText('after', '\nExample:\n  $ npx holdfast budget --json\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      context.exit(await runCommand(context, options, () => budget(context, options)));
    });
}

async function budget(context: CommandContext, options: CommonOptions): Promise<CommandResult> {
  const topology = await readTopologyFile(
    context.projectRoot,
    options.topology,
    context.environment.CDK_DEFAULT_ACCOUNT,
  );
  const result = recoveryBudget(topology);
  const within = result.modes.switchover.within && result.modes.failover.within;
  return { exitCode: within ? EXIT.good : EXIT.found, document: result, text: formatBudget(result) };
}

/** The budget as one table a mode. */
export function formatBudget(budget: RecoveryBudget): string {
  return (['switchover', 'failover'] as const)
    .map(mode => {
      const { lines, totalSeconds, within, rpoBasis } = budget.modes[mode];
      const rows = lines.map(line => [line.phase, `${line.seconds}`, line.from, line.lever]);
      const verdict = within ? 'within' : 'OVER';
      return [
        `${mode}: ${totalSeconds} s, ${verdict} the RTO of ${budget.objectives.rtoSeconds} s; RPO basis: ${rpoBasis}`,
        table(['phase', 'seconds', 'from', 'lever'], rows),
      ].join('\n');
    })
    .join('\n\n');
}
