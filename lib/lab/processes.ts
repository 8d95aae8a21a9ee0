import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';
import type { Clock } from '../ports';
import { type Disturbance, disturb } from './disturbance';
import type { LabPaths } from './paths';
import {
  descendants,
  identify,
  isAlive,
  isFrozen,
  LAB_MARK,
  type ProcessIdentity,
  signalIfSame,
  signalTree,
} from './proc';
import { type ProcessEntry, ProcessRecords } from './process-records';
import { stopEntry } from './stop-processes';

/** How to start one process of the lab. */
export interface ProcessSpec {
  /** Unique name; also the name of its log and of its entry: lower case, digits and hyphens. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; the lab adds only its mark. */
  readonly env: Readonly<Record<string, string>>;
  /** @default - the project's root */
  readonly cwd?: string;
  /** User to run as; only root may set it. @default - the current user */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Signal that asks for an orderly end. @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
  /** Milliseconds between that signal and SIGKILL. @default 5000 */
  readonly stopTimeout?: number;
  /** Whether it may outlive the process that started it. @default false */
  readonly independent?: boolean;
  /** Whether it loads the lab's preload, which makes it {@link RunningProcess.disturb} itself. @default false */
  readonly disturbable?: boolean;
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that this process started. */
export interface RunningProcess extends ProcessIdentity {
  readonly name: string;
  readonly command: string;
  /** File that holds its output. */
  readonly log: string;
  /** Resolves when it ends, for whatever reason; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end, waits, kills what is left of its group, removes its entry. */
  stop(): Promise<void>;
  /** Kills it as a fault would; what it had started ends of itself, also when it was frozen. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it and everything that it has started where they stand (SIGSTOP), until {@link thaw}. */
  freeze(): void;
  /** Lets it go on (SIGCONT). */
  thaw(): void;
  /** Whether it is frozen. */
  readonly frozen: boolean;
  /**
   * Makes it delay its network or skew its clock, and waits until it does.
   * @throws HoldfastError `refused` when it was started without the preload, `timeout` when it does not answer
   */
  disturb(disturbance: Disturbance): Promise<void>;
}

/**
 * Starts the lab's processes and writes down each one (name, number, start time) so that a later process can stop
 * them all. Each leads a group of its own: what it starts ends with it, and a Ctrl-C in the terminal passes it by.
 */
export class ProcessRegistry {
  private readonly records: ProcessRecords;

  constructor(
    private readonly paths: LabPaths,
    private readonly clock: Clock,
  ) {
    this.records = new ProcessRecords(paths);
  }

  /**
   * Starts a process and records it.
   * @throws HoldfastError `conflict` when one of that name runs, `environment` when it cannot be started
   */
  async start(spec: ProcessSpec): Promise<RunningProcess> {
    const known = this.records.read(spec.name);
    if (known !== undefined && isAlive(known)) {
      throw new HoldfastError('conflict', `the process ${spec.name} runs already (pid ${known.pid})`);
    }
    const log = path.join(this.paths.logs, `${spec.name}.log`);
    const child = this.spawn(spec, log);
    if (spec.independent === true) child.unref();
    const exited = exitOf(child);
    await started(child, spec);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) {
      const exit = await exited;
      throw new HoldfastError(
        'environment',
        `${spec.name} ended at once (${exit.signal ?? exit.code}); see ${log}`,
      );
    }
    const entry = this.record(spec, identity);
    return {
      ...identity,
      name: spec.name,
      command: entry.command,
      log,
      exited,
      kill: signal => killTree(identity, signal),
      freeze: () => void signalTree(identity, 'SIGSTOP'),
      thaw: () => void signalTree(identity, 'SIGCONT'),
      get frozen() {
        return isFrozen(identity);
      },
      disturb: disturbance => disturb(child, spec.name, disturbance),
      stop: async () => {
        await stopEntry(entry, this.clock);
        await exited;
        this.records.remove(entry);
      },
    };
  }

  /** Every entry with whether it lives. */
  list(): (ProcessEntry & { readonly alive: boolean })[] {
    return this.records.list().map(entry => ({ ...entry, alive: isAlive(entry) }));
  }

  private spawn(spec: ProcessSpec, log: string): ChildProcess {
    const output = openSync(log, 'a', 0o600);
    try {
      return spawn(spec.command, [...spec.args], {
        cwd: spec.cwd ?? this.paths.projectRoot,
        env: { ...spec.env, [LAB_MARK]: this.paths.labId },
        stdio: spec.disturbable === true ? ['ignore', output, output, 'ipc'] : ['ignore', output, output],
        detached: true,
        ...spec.user,
      });
    } finally {
      closeSync(output);
    }
  }

  private record(spec: ProcessSpec, identity: ProcessIdentity): ProcessEntry {
    return this.records.write({
      ...identity,
      name: spec.name,
      command: [spec.command, ...spec.args].join(' '),
      startedAt: this.clock.now().toISOString(),
      stopSignal: spec.stopSignal ?? 'SIGTERM',
      stopTimeout: spec.stopTimeout ?? 5000,
    });
  }
}

/** Its children notice its death and end; a frozen child would notice nothing, and hold what the next one needs. */
function killTree(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  const children = descendants(identity.pid);
  signalIfSame(identity, signal);
  for (const child of children) if (isFrozen(child)) signalIfSame(child, 'SIGCONT');
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise(resolve => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

function started(child: ChildProcess, spec: ProcessSpec): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', cause =>
      reject(
        new HoldfastError('environment', `cannot start ${spec.name}: ${spec.command}: ${cause.message}`, [], {
          cause,
        }),
      ),
    );
  });
}
