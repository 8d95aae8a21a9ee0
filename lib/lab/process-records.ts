import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';
import type { LabPaths } from './paths';
import { bootId, type ProcessIdentity } from './proc';

/** One process of the lab as written down before it is used. */
export interface ProcessEntry extends ProcessIdentity {
  readonly name: string;
  readonly command: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds between `stopSignal` and SIGKILL. */
  readonly stopTimeout: number;
  /** Boot during which it was started; an entry of an earlier boot is stale. */
  readonly boot: string;
}

/** The entry files, `.holdfast/processes/<name>.json`, written whole or not at all. */
export class ProcessRecords {
  constructor(private readonly paths: Pick<LabPaths, 'processes'>) {}

  /** Writes an entry and returns it. */
  write(entry: Omit<ProcessEntry, 'boot'>): ProcessEntry {
    const whole = { ...entry, boot: bootId() };
    const file = this.file(entry.name);
    writeFileSync(`${file}.new`, `${JSON.stringify(whole)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return whole;
  }

  /** The entry of that name, or undefined when there is none that can be read and is of this boot. */
  read(name: string): ProcessEntry | undefined {
    try {
      const entry = JSON.parse(readFileSync(this.file(name), 'utf8')) as ProcessEntry;
      return entry.boot === bootId() ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  /** All entries, oldest first; one that cannot be read or is of an earlier boot is removed. */
  list(): ProcessEntry[] {
    return this.names()
      .flatMap(name => {
        const entry = this.read(name);
        if (entry === undefined) rmSync(this.file(name), { force: true });
        return entry ?? [];
      })
      .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  }

  /** Removes an entry, unless the name stands for a newer process by now. */
  remove(entry: ProcessEntry): void {
    const current = this.read(entry.name);
    const same = current?.pid === entry.pid && current.startTime === entry.startTime;
    if (current === undefined || same) rmSync(this.file(entry.name), { force: true });
  }

  private names(): string[] {
    try {
      return readdirSync(this.paths.processes)
        .filter(name => name.endsWith('.json'))
        .map(name => name.slice(0, -'.json'.length));
    } catch {
      return [];
    }
  }

  private file(name: string): string {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
      throw new HoldfastError('invalid-input', `not a name of a process: ${JSON.stringify(name)}`);
    }
    return path.join(this.paths.processes, `${name}.json`);
  }
}
