import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResolvedTopology } from '../../../regions';
import { HoldfastError } from '../../errors';
import { diagramMermaid, diagramOf, diagramSvg, type LiveRoles } from '../../operations';
import { reasonOf } from '../../runtime/errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { type DrillTarget, topologyOf, withDrill } from '../drill-target';

/** Options of `holdfast diagram`. */
export interface DiagramOptions extends CommonOptions {
  readonly format: 'mermaid' | 'svg';
  readonly out?: string;
  readonly target?: DrillTarget;
}

/**
 * Draws the topology. With a target, the register is asked through each Region in turn.
 * @throws HoldfastError `unavailable` when a target is named and no Region's register answers
 */
export async function diagram(context: CommandContext, options: DiagramOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const live = options.target === undefined ? undefined : await rolesNow(context, topology, options.target);
  const model = diagramOf(topology, live);
  const drawn = options.format === 'svg' ? diagramSvg(model) : diagramMermaid(model);
  const result = (text: string, more: object): CommandResult => {
    const document = { ...model, format: options.format, ...more };
    return { exitCode: EXIT.good, document, text };
  };
  if (options.out === undefined) return result(drawn.trimEnd(), { picture: drawn });
  const file = path.resolve(context.projectRoot, options.out);
  try {
    writeFileSync(file, drawn);
  } catch (error) {
    throw new HoldfastError('invalid-input', 'the picture cannot be written', [
      {
        path: '--out',
        received: options.out,
        message: reasonOf(error),
        fix: 'name a file in a folder that exists',
      },
    ]);
  }
  return result(`wrote ${file}`, { file });
}

function rolesNow(
  context: CommandContext,
  topology: ResolvedTopology,
  target: DrillTarget,
): Promise<LiveRoles> {
  return withDrill(context, topology, target, async ({ cloud }) => {
    const reasons: string[] = [];
    for (const { name } of topology.regions) {
      try {
        const state = await cloud.readRegister(name);
        if (state !== undefined) return state.record;
        reasons.push(`${name}: the register was never born`);
      } catch (error) {
        reasons.push(`${name}: ${reasonOf(error)}`);
      }
    }
    throw new HoldfastError('unavailable', `nobody says which Region is active (${reasons.join('; ')})`);
  });
}
