import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { type ClientPolicy, clientPolicy, clientPolicyModule } from '../../../regions';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { runCommand } from '../run';
import { table } from '../table';
import { readTopologyFile } from '../topology-file';

interface ClientPolicyOptions extends CommonOptions {
  readonly out?: string;
}

/** `holdfast client-policy`: the numbers that clients of the application are to keep to. */
export function clientPolicyCommand(program: Command, context: CommandContext): void {
  program
    .command('client-policy')
    .description(
      'print what clients are to do, from the same numbers as the recovery budget: timeouts, retries, DNS',
    )
    .option('-o, --out <file>', 'write it as a TypeScript module, or as JSON when the name ends in .json')
    .addHelpText('after', '\nExample:\n  $ npx holdfast client-policy --out src/client-policy.ts\n')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ClientPolicyOptions>();
      context.exit(await runCommand(context, options, () => run(context, options)));
    });
}

async function run(context: CommandContext, options: ClientPolicyOptions): Promise<CommandResult> {
  const account = context.environment.CDK_DEFAULT_ACCOUNT;
  const topology = await readTopologyFile(context.projectRoot, options.topology, account);
  const policy = clientPolicy(topology);
  if (options.out === undefined) return { exitCode: EXIT.good, document: policy, text: format(policy) };
  const file = path.resolve(context.projectRoot, options.out);
  const json = file.endsWith('.json');
  writeFileSync(
    file,
    json ? `${JSON.stringify(policy, undefined, 2)}\n` : clientPolicyModule(policy, topology.application),
  );
  return { exitCode: EXIT.good, document: policy, text: `written to ${file}` };
}

function format(policy: ClientPolicy): string {
  const { retry, hedge } = policy;
  return table(
    ['what', 'value', 'counted by the budget as'],
    [
      ['DNS answers beyond their TTL', `${policy.dnsCacheSeconds} s`, 'a part of traffic'],
      ['one attempt', `${policy.requestTimeoutMilliseconds} ms`, 'reconnect, with the longest pause'],
      ['longest pause', `${retry.capMilliseconds} ms`, 'reconnect, with one attempt'],
      ['whole call', `${policy.deadlineMilliseconds} ms`, ''],
      ['attempts of a call', `${retry.attempts}`, ''],
      ['first pause, at most', `${retry.baseMilliseconds} ms`, ''],
      ['retries', `${100 * retry.budget.ratio} % of the successes, ${retry.budget.reserve} at once`, ''],
      ['hedge after', `${hedge.delayMilliseconds} ms`, ''],
      ['hedges', `${100 * hedge.budget.ratio} % of the calls, ${hedge.budget.reserve} at once`, ''],
    ],
  );
}
