import type { Clock } from '../ports';
import type { LabPaths } from './paths';
import { isAlive, isFrozen, markedProcesses, type ProcessIdentity, signalIfSame, signalTree } from './proc';
import { type ProcessEntry, ProcessRecords } from './process-records';
import { waitFor } from './wait-for';

/** Milliseconds that the kernel gets to take a killed process away. */
const KILL_TIMEOUT = 10_000;

/**
 * Ends one process: its stop signal, a wait, SIGKILL to its group. Nothing happens unless pid and start time match. A
 * frozen one is woken with the signal already waiting for it, so that it does nothing else first.
 */
export async function stopEntry(entry: ProcessEntry, clock: Clock): Promise<void> {
  if (signalIfSame(entry, entry.stopSignal)) {
    if (isFrozen(entry)) signalTree(entry, 'SIGCONT');
    await waitFor(() => !isAlive(entry), {
      clock,
      timeout: entry.stopTimeout,
      what: entry.name,
      interval: 20,
    })
      // Patience ended: what follows is SIGKILL.
      .catch(() => undefined);
  }
  if (signalIfSame(entry, 'SIGKILL', true)) await gone(entry, clock, entry.name);
}

/**
 * Ends every process of the lab, whoever started it: the recorded ones in their order, then whatever still carries
 * the lab's mark (children that outlived their parent, a start that was cut off before its record). The entries go
 * with them.
 * @returns the names of the recorded processes that were alive
 */
export async function stopAll(paths: LabPaths, clock: Clock): Promise<string[]> {
  const records = new ProcessRecords(paths);
  const alive = records.list().filter(isAlive);
  // The daemon first, lest it starts again what is being stopped; the others together.
  const daemon = alive.filter(entry => entry.name === DAEMON);
  for (const group of [daemon, alive.filter(entry => entry.name !== DAEMON)]) {
    await Promise.all(group.map(entry => stopEntry(entry, clock)));
  }
  await sweep(paths.labId, clock);
  for (const entry of records.list()) records.remove(entry);
  return alive.map(entry => entry.name);
}

/** Name under which the daemon is recorded. */
export const DAEMON = 'daemon';

async function sweep(labId: string, clock: Clock): Promise<void> {
  await waitFor(
    () => {
      const left = markedProcesses(labId);
      for (const identity of left) signalIfSame(identity, 'SIGKILL');
      return left.length === 0;
    },
    { clock, timeout: KILL_TIMEOUT, what: 'the last processes of the lab to end' },
  );
}

function gone(identity: ProcessIdentity, clock: Clock, what: string): Promise<boolean> {
  return waitFor(() => !isAlive(identity), {
    clock,
    timeout: KILL_TIMEOUT,
    what: `${what} to end`,
    interval: 10,
  });
}
