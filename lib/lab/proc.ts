import { readdirSync, readFileSync } from 'node:fs';

/** What identifies one process among all that ever had its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Kernel start time: clock ticks since boot, field 22 of `/proc/<pid>/stat` (proc_pid_stat(5)). */
  readonly startTime: string;
}

/** Name of the variable that marks a process as part of a lab; its value is the lab's id. */
export const LAB_MARK = 'HOLDFAST_LAB';

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly startTime: string;
}

/** Reads a process's stat line, or undefined when there is none. The name in parentheses may hold anything. */
function processStat(pid: number): ProcessStat | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startTime = fields[19];
  if (state === undefined || group === undefined || startTime === undefined) return undefined;
  return { state, parent: Number(parent), group: Number(group), startTime };
}

/** The identity of a living process, or undefined. A zombie is dead. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = processStat(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X'
    ? undefined
    : { pid, startTime: stat.startTime };
}

/** Whether this very process still runs: number and start time both match. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Every living process, other than this one, whose environment carries the lab's mark. */
export function markedProcesses(labId: string): ProcessIdentity[] {
  const mark = `${LAB_MARK}=${labId}`;
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(name => {
      const identity = identify(Number(name));
      return identity !== undefined && carries(identity.pid, mark) ? [identity] : [];
    });
}

function carries(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
  } catch {
    return false; // another user's, or just gone
  }
}

/** Signals a process, and its whole group when it leads one, only if number and start time match. */
export function signalIfSame(identity: ProcessIdentity, signal: NodeJS.Signals, group = false): boolean {
  const stat = processStat(identity.pid);
  if (stat?.startTime !== identity.startTime) return false;
  try {
    process.kill(group && stat.group === identity.pid ? -identity.pid : identity.pid, signal);
    return true;
  } catch {
    return false; // it ended between the look and the signal
  }
}

/** Whether this very process lives and is stopped (SIGSTOP): it runs nothing until SIGCONT. */
export function isFrozen(identity: ProcessIdentity): boolean {
  const stat = processStat(identity.pid);
  return stat?.startTime === identity.startTime && stat.state === 'T';
}

/**
 * Signals a process and everything that descends from it, parents first, so that nobody is born behind the signal's back.
 * A group would not do: each backend of PostgreSQL leads a group of its own.
 * @returns whether the process itself was there
 */
export function signalTree(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!signalIfSame(identity, signal)) return false;
  for (const each of descendants(identity.pid)) signalIfSame(each, signal);
  return true;
}

/** Everything that descends from a process, parents before their children. */
export function descendants(pid: number): ProcessIdentity[] {
  const children = new Map<number, ProcessIdentity[]>();
  for (const name of readdirSync('/proc').filter(each => /^\d+$/.test(each))) {
    const stat = processStat(Number(name));
    if (stat === undefined || stat.state === 'Z') continue;
    const siblings = children.get(stat.parent) ?? [];
    children.set(stat.parent, [...siblings, { pid: Number(name), startTime: stat.startTime }]);
  }
  const below = (parent: number): ProcessIdentity[] =>
    (children.get(parent) ?? []).flatMap(child => [child, ...below(child.pid)]);
  return below(pid);
}

/** Identifies the current boot, since start times begin anew with each. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

/** Resident memory of a process in bytes, or undefined when it is gone. */
export function residentBytes(pid: number): number | undefined {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
