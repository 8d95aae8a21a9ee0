import { type Command, InvalidArgumentError } from 'commander';
import type { UpRequest } from '../actions/up';
import type { CommandContext } from '../context';
import { DEFAULT_TIME_SCALE } from '../defaults';
import { runCommand } from '../run';

/** `holdfast up`: the Regions of the topology on this machine. */
export function upCommand(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('bring the Regions up on this machine: synth, policy, budget, deploy, processes')
    .option(
      '--time-scale <factor>',
      'divides every interval, TTL and lease, 1 to 10',
      asTimeScale,
      DEFAULT_TIME_SCALE,
    )
    .option('--ui', 'then serve the live page on loopback, until Ctrl-C or holdfast down')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx holdfast up\n  $ npx holdfast up --ui\n  $ npx holdfast down\n',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<UpRequest>();
      const code = await runCommand(context, options, () => loadAction().up(context, options));
      context.exit(code);
    });
}

const loadAction = () => require('../actions/up') as typeof import('../actions/up');

function asTimeScale(value: string): number {
  const scale = Number(value);
  if (scale >= 1 && scale <= 10) return scale;
  throw new InvalidArgumentError('use a number from 1 to 10');
}
