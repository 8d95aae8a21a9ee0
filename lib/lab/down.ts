import { rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../clock';
import type { Clock, Output } from '../ports';
import { removeLabFile } from './lab-file';
import { lockHolder } from './lock';
import { labPaths } from './paths';
import { isAlive, signalIfSame } from './proc';
import { stopAll } from './stop-processes';
import { waitFor } from './wait-for';

/** What {@link downLab} needs. */
export interface DownOptions {
  readonly projectRoot: string;
  readonly output: Output;
  /** @default - the machine's */
  readonly clock?: Clock;
}

/** What was stopped. */
export interface DownResult {
  /** Names of the processes that were alive. */
  readonly stopped: readonly string[];
}

/** Milliseconds that an interrupted `up` gets to clean up after itself. */
const INTERRUPT_TIMEOUT = 20_000;

/**
 * Stops everything that the lab of a project started, whoever started it and however that ended, and removes its
 * data. An `up` that is under way is interrupted. Nothing happens where nothing runs.
 */
export async function downLab(options: DownOptions): Promise<DownResult> {
  const { projectRoot, output, clock = systemClock } = options;
  const paths = labPaths(projectRoot);
  const holder = lockHolder(paths);
  if (holder !== undefined && holder.pid !== process.pid) {
    signalIfSame(holder, 'SIGTERM');
    await waitFor(() => !isAlive(holder), {
      clock,
      timeout: INTERRUPT_TIMEOUT,
      what: 'the running up to end',
    })
      // It hangs: what it has started is stopped below, by its own records.
      .catch(() => signalIfSame(holder, 'SIGKILL'));
  }
  const stopped = await stopAll(paths, clock);
  removeLabFile(paths);
  if (holder === undefined || holder.pid !== process.pid) rmSync(paths.lockFile, { force: true });
  for (const folder of [path.join(paths.data, 'data'), paths.secrets])
    rmSync(folder, { recursive: true, force: true });
  const text = stopped.length === 0 ? 'lab: nothing was running' : `lab: ${stopped.length} processes stopped`;
  output.emit({ code: 'lab.down', level: 'info', text, data: { stopped } });
  return { stopped };
}
