import { labConnection, labStatus } from '../../lab';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { topologyOf } from '../drill-target';
import { formatStatus } from '../lab-text';
import { withPage } from '../live-page';

/** Options of `holdfast lab ui`. */
export interface LabUiOptions extends CommonOptions {
  /** @default - a free one */
  readonly port?: number;
}

/**
 * Serves the live page of a lab that is up.
 *
 * @throws HoldfastError `not-found` when none runs, `environment` when the port is taken
 */
export async function labUi(context: CommandContext, options: LabUiOptions): Promise<CommandResult> {
  const { projectRoot, clock } = context;
  labConnection(projectRoot);
  const topology = await topologyOf(context, options);
  const status = await labStatus({ projectRoot, clock });
  const result = { exitCode: EXIT.good, document: status, text: formatStatus(status) };
  return withPage(context, topology, result, options.port);
}
