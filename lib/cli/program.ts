import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { budgetCommand } from './commands/budget';
import { chaosCommand } from './commands/chaos';
import { checkCommand } from './commands/check';
import { clientPolicyCommand } from './commands/client-policy';
import { controlsCommand } from './commands/controls';
import { demoCommand } from './commands/demo';
import { diagramCommand } from './commands/diagram';
import { doctorCommand } from './commands/doctor';
import { downCommand } from './commands/down';
import { driftCommand } from './commands/drift';
import { drillCommand } from './commands/drill';
import { interlockCommand } from './commands/interlock';
import { jobsCommand } from './commands/jobs';
import { labCommand } from './commands/lab';
import { loadCommand } from './commands/load';
import { preflightCommand } from './commands/preflight';
import { releaseCommand } from './commands/release';
import { runbookCommand } from './commands/runbook';
import { sloCommand } from './commands/slo';
import { statusCommand } from './commands/status';
import { terraformCommand } from './commands/terraform';
import { traceCommand } from './commands/trace';
import { upCommand } from './commands/up';
import { type CommandContext, EXIT } from './context';
import { defaultTopologyFile } from './topology-file';

const EXIT_CODES = `
Exit codes: 0 good; 1 could not run or check, or bad input; 2 ran and found, or missed an objective; 130 interrupted.`;

/** Every command of `holdfast`, wired to the outside that `bin/` hands in. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('holdfast')
    .description('one application in several AWS Regions, dependably: check it, run it locally, drill it')
    .version(packageVersion(context.installRoot))
    .option(
      '-t, --topology <file>',
      'topology file (.ts, .js, .mjs, .cjs or .json)',
      defaultTopologyFile(context),
    )
    .option('--json', 'one JSON document on standard output; progress stays on standard error')
    .configureOutput({ writeOut: context.print })
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('run holdfast --help for what there is')
    .exitOverride();
  const commands = [
    checkCommand,
    budgetCommand,
    clientPolicyCommand,
    diagramCommand,
    doctorCommand,
    upCommand,
    statusCommand,
    preflightCommand,
    driftCommand,
    terraformCommand,
    drillCommand,
    releaseCommand,
    chaosCommand,
    controlsCommand,
    interlockCommand,
    jobsCommand,
    runbookCommand,
    sloCommand,
    traceCommand,
    loadCommand,
    labCommand,
    downCommand,
    demoCommand,
  ];
  for (const add of commands) add(program, context);
  return program;
}

/** Runs the command line; bad usage exits 1 and, with `--json`, is a document like every other error. */
export async function runProgram(context: CommandContext, argv: readonly string[]): Promise<void> {
  try {
    await createProgram(context).parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return; // help and version
    context.exit(EXIT.failed);
    if (!argv.includes('--json')) return; // it has been said on standard error
    const { message } = error;
    context.print(
      `${JSON.stringify({ version: 1, error: { code: 'invalid-input', message, problems: [] } })}\n`,
    );
  }
}

function packageVersion(installRoot: string): string {
  return (JSON.parse(readFileSync(path.join(installRoot, 'package.json'), 'utf8')) as { version: string })
    .version;
}
