import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LoadOptions } from '../actions/load';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast load --target lab --hold 30
  $ npx holdfast load --target lab --to-breaking --out load.html
  $ npx holdfast load --url https://staging.example.com --peak 500 --i-may
`;

const number = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`give a number from ${least} to ${most}`);
};

/** `holdfast load`: the topology's journeys at the stated peak, judged by its promises. */
export function loadCommand(program: Command, context: CommandContext): void {
  program
    .command('load')
    .description(
      'send what users do, at the stated peak or until it breaks, and judge it by the service levels',
    )
    .addOption(new Option('--target <target>', 'the lab of this project').choices(['lab']))
    .option('--url <url>', 'an address of yours instead; needs --i-may')
    .option('--i-may', 'the owner of the address has agreed to this load')
    .option('--peak <rate>', 'requests a second; that of the topology by default', number(1, 1_000_000))
    .option('--ramp <seconds>', 'seconds of the ramp', number(1, 3_600), 20)
    .option('--hold <seconds>', 'seconds at the peak', number(1, 86_400), 60)
    .option(
      '--to-breaking',
      'past the peak in steps of a quarter of it, at most twelve, until a promise breaks',
    )
    .addOption(
      new Option('--arrivals <kind>', 'how requests come').choices(['poisson', 'even']).default('poisson'),
    )
    .option('--connections <count>', 'connections at most', number(1, 10_000), 128)
    .option('--out <file>', 'page to write', 'load.html')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LoadOptions>();
      context.exit(await runCommand(context, options, () => load().load(context, options)));
    });
}

const load = () => require('../actions/load') as typeof import('../actions/load');
