import { type Command, Option } from 'commander';
import type { DiagramOptions } from '../actions/diagram';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast diagram > topology.mmd
  $ npx holdfast diagram --format svg --out topology.svg
  $ npx holdfast diagram --format svg --target lab --out now.svg
`;

/** `holdfast diagram`: a picture of the topology, with the roles of the moment when a target is named. */
export function diagramCommand(program: Command, context: CommandContext): void {
  program
    .command('diagram')
    .description('draw the topology, as mermaid or as SVG; with a target, with who is active now')
    .addOption(new Option('--format <format>', 'how').choices(['mermaid', 'svg']).default('mermaid'))
    .option('--out <file>', 'file to write; standard output by default')
    .addOption(new Option('--target <target>', 'where to read the register').choices(['lab', 'aws']))
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DiagramOptions>();
      context.exit(await runCommand(context, options, () => load().diagram(context, options)));
    });
}

const load = () => require('../actions/diagram') as typeof import('../actions/diagram');
