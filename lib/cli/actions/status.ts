import { labStatus } from '../../lab';
import { type CommandContext, type CommandResult, EXIT } from '../context';
import { formatStatus } from '../lab-text';

/** Looks at the lab; exit 2 unless all of it is healthy and known. */
export async function status(context: CommandContext): Promise<CommandResult> {
  const { projectRoot, clock } = context;
  const found = await labStatus({ projectRoot, clock });
  const exitCode = found.healthy ? EXIT.good : EXIT.found;
  return { exitCode, document: found, text: formatStatus(found) };
}
