import { readdirSync, readFileSync } from 'node:fs';

/** A process as `/proc` shows it (proc_pid_stat(5)). */
export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks since boot; with the pid it names one process for good. */
  readonly startTime: string;
}

/** Reads the stat line of a process; the name in parentheses may hold anything. */
export function parseStat(line: string): ProcessLine {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number.parseInt(line, 10),
    parent: Number(fields[1]),
    startTime: fields[19] ?? '',
  };
}

/**
 * Members of a family: the root, all below it, and all that were seen in it before and live on under another parent
 * (a daemon gives itself to init).
 */
export function familyOf(
  root: number,
  processes: readonly ProcessLine[],
  known: ReadonlySet<string>,
): ProcessLine[] {
  const children = new Map<number, ProcessLine[]>();
  for (const line of processes) {
    const siblings = children.get(line.parent);
    if (siblings === undefined) children.set(line.parent, [line]);
    else siblings.push(line);
  }
  const family = new Map<number, ProcessLine>();
  const visit = (line: ProcessLine): void => {
    if (family.has(line.pid)) return;
    family.set(line.pid, line);
    for (const child of children.get(line.pid) ?? []) visit(child);
  };
  for (const line of processes) if (line.pid === root || known.has(keyOf(line))) visit(line);
  return [...family.values()];
}

/** Name of one process for good. */
export const keyOf = ({ pid, startTime }: ProcessLine): string => `${pid}:${startTime}`;

/** Proportional set size in bytes (shared pages counted once among those who share them); 0 when it is gone. */
export function proportionalBytes(pid: number): number {
  const text = readProc(`${pid}/smaps_rollup`) ?? '';
  const pss = /^Pss:\s+(\d+) kB/m.exec(text);
  return pss === null ? 0 : Number(pss[1]) * 1024;
}

/** Watches a process and its descendants and remembers the most memory that all together had at one look. */
export class FamilyMemory {
  private readonly known = new Set<string>();
  /** Highest sum so far, in bytes. */
  peakBytes = 0;
  /** Processes at that moment. */
  peakProcesses = 0;

  constructor(private readonly root: number) {}

  /** Looks once. Processes that start and end between two looks are not seen. */
  look(): void {
    const family = familyOf(this.root, allProcesses(), this.known);
    for (const line of family) this.known.add(keyOf(line));
    const bytes = family.reduce((sum, { pid }) => sum + proportionalBytes(pid), 0);
    if (bytes <= this.peakBytes) return;
    this.peakBytes = bytes;
    this.peakProcesses = family.length;
  }
}

function allProcesses(): ProcessLine[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const line = readProc(`${name}/stat`);
      return line === undefined ? [] : [parseStat(line)];
    });
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return undefined; // ended, or another user's
  }
}
