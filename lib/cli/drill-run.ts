import path from 'node:path';
import type { HomeTopology } from '../../regions';
import {
  type DrillContext,
  type DrillRequest,
  type DrillResult,
  type Load,
  runDrill,
  startLoad,
} from '../drill';
import type { CommandContext } from './context';
import { openDrill } from './drill-target';

/** A move in the lab under load. */
export interface LoadedMove extends DrillRequest {
  /** Writes a second of the load; 0 for none. */
  readonly rate: number;
  /** What strikes under the load, right before the drill begins. @default - nothing */
  readonly strike?: (open: DrillContext) => Promise<void>;
}

/**
 * Checks that no lab can answer: its emulator computes no alarm and has no Service Quotas, and its names are served without
 * TLS. The report lists each as unknown and accepted.
 */
export const UNKNOWN_IN_THE_LAB = ['alarms', 'quotas', 'certificates'];

/** Seconds of steady load before the drill begins and after it has settled, so that both sides can be compared. */
export const STEADY_SECONDS = 3;

/**
 * Moves the application in the lab while a client outside writes and reads through the lab's DNS, and keeps a ledger of
 * what was acknowledged. The drill stops the load and verifies the ledger.
 */
export async function moveInLab(
  context: CommandContext,
  topology: HomeTopology,
  { strike, rate, ...request }: LoadedMove,
): Promise<DrillResult> {
  const drill = openDrill(context, topology, 'lab');
  const load = rate > 0 ? loadFor(drill.context, rate) : undefined;
  try {
    if (load !== undefined) {
      const text = `load: ${rate} writes a second to ${drill.context.settings.host}, through the lab's DNS`;
      context.output.emit({ code: 'load.started', level: 'info', text });
      await context.clock.sleep(STEADY_SECONDS * 1000, context.signal);
    }
    await strike?.(drill.context);
    const acceptUnknown = [...UNKNOWN_IN_THE_LAB, ...(request.acceptUnknown ?? [])];
    return await runDrill({ ...drill.context, load }, { ...request, acceptUnknown });
  } finally {
    await load?.stop(0);
    drill.close();
  }
}

/** A load as every drill in the lab has it, with a ledger on disk. */
export function loadFor(context: DrillContext, rate: number): Load {
  const { outside, clock, random, settings, entries, directory } = context;
  const id = `load-${clock.now().toISOString().replaceAll(/[-:.]/g, '').toLowerCase()}`;
  const ledgerFile = path.join(directory, `${id}.ledger.jsonl`);
  return startLoad({
    outside,
    clock,
    random,
    id,
    host: settings.host,
    entry: entries.service,
    rate,
    ledgerFile,
  });
}
