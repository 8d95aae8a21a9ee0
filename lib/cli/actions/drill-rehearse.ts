import path from 'node:path';
import { type DrillMode, rehearseDrill } from '../../drill';
import type { CommandContext, CommandResult } from '../context';
import { UNKNOWN_IN_THE_LAB } from '../drill-run';
import { homeTopologyOf, withDrill } from '../drill-target';
import { formatRehearsal } from '../drill-text';
import type { DrillOptions } from './drill';

/** Options of `holdfast drill rehearse`. */
export interface RehearseOptions extends DrillOptions {
  readonly to: string;
  readonly mode: DrillMode;
  readonly acceptUnknown?: readonly string[];
}

/** Looks at all that a move would look at, and changes nothing. */
export async function rehearse(context: CommandContext, options: RehearseOptions): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  const accepted = options.target === 'lab' ? UNKNOWN_IN_THE_LAB : [];
  const acceptUnknown = [...accepted, ...(options.acceptUnknown ?? [])];
  return withDrill(context, topology, options.target, async open => {
    const { report, exitCode, directory } = await rehearseDrill(open, { ...options, acceptUnknown });
    const text = formatRehearsal(report, path.join(directory, 'rehearsal.md'));
    return { exitCode, document: report, text };
  });
}
