import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { HoldfastError } from '../errors';

/** How a tool is run. */
export interface ToolOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the tool and all that it started, by their process group. */
  readonly signal: AbortSignal;
  /** Called for each line of standard output and standard error, as it comes. @default - not called */
  readonly line?: (line: string) => void;
}

/** How a tool ended. */
export interface ToolResult {
  readonly exitCode: number;
  /** Standard output and standard error, in the order of arrival. */
  readonly output: string;
}

/** Milliseconds between SIGTERM and SIGKILL of an aborted tool. */
const PATIENCE = 2000;

/**
 * Runs a program to its end, in a process group of its own so that an abort leaves nothing behind.
 *
 * @throws HoldfastError `aborted` when the signal aborted, `environment` when the program could not be started
 */
export function runTool(program: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { cwd, env, signal, line } = options;
  if (signal.aborted) return Promise.reject(new HoldfastError('aborted', 'interrupted'));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let killer: NodeJS.Timeout | undefined;
    const stop = () => {
      signalGroup(child.pid, 'SIGTERM');
      killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), PATIENCE);
    };
    signal.addEventListener('abort', stop, { once: true });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', text => {
        lines.push(text);
        line?.(text);
      });
    }
    const settle = () => {
      clearTimeout(killer);
      signal.removeEventListener('abort', stop);
    };
    child.once('error', cause => {
      settle();
      reject(new HoldfastError('environment', `cannot start ${program}: ${cause.message}`, [], { cause }));
    });
    child.once('close', code => {
      settle();
      if (signal.aborted) reject(new HoldfastError('aborted', 'interrupted'));
      else resolve({ exitCode: code ?? 1, output: lines.join('\n') });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended already.
  }
}
