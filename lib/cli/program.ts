import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { budgetCommand } from './commands/budget';
import { checkCommand } from './commands/check';
import { demoCommand } from './commands/demo';
import { downCommand } from './commands/down';
import { drillCommand } from './commands/drill';
import { statusCommand } from './commands/status';
import { upCommand } from './commands/up';
import type { CommandContext } from './context';
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
    .exitOverride(error => {
      // Commander's own code 1 covers bad usage; help and version end well.
      context.exit(error.exitCode === 0 ? 0 : 1);
    });
  const commands = [
    checkCommand,
    budgetCommand,
    upCommand,
    statusCommand,
    drillCommand,
    downCommand,
    demoCommand,
  ];
  for (const add of commands) add(program, context);
  return program;
}

function packageVersion(installRoot: string): string {
  return (JSON.parse(readFileSync(path.join(installRoot, 'package.json'), 'utf8')) as { version: string })
    .version;
}
