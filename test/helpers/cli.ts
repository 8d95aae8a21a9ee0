import { spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './sources';

/** How a command ended. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface RunningCli {
  readonly pid: number;
  readonly result: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves as soon as standard error holds the text; rejects when the command ends before. */
  saw(text: string): Promise<void>;
}

/** How a program is started. */
export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether it leads a process group of its own, which signals then reach as from a terminal. @default false */
  readonly group?: boolean;
}

/** Starts `holdfast` as compiled by `npm run build`. */
export const startCli = (args: readonly string[], options: StartOptions = {}): RunningCli =>
  startProgram(process.execPath, [path.join(ROOT, 'dist/bin/cli.js'), ...args], options);

/** Starts any program of the project's root. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: StartOptions = {},
): RunningCli {
  const child = spawn(program, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.group ?? false,
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    stderr += chunk;
    for (const look of watchers) look();
  });
  const result = new Promise<CliResult>(resolve => {
    child.once('close', exitCode => resolve({ exitCode, stdout, stderr }));
  });
  return {
    pid: child.pid ?? 0,
    result,
    kill: signal => {
      if (options.group) process.kill(-(child.pid ?? 0), signal);
      else child.kill(signal);
    },
    saw: text =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stderr.includes(text)) {
            watchers.delete(look);
            resolve();
          }
        };
        watchers.add(look);
        look();
        void result.then(ended =>
          reject(new Error(`ended before "${text}":\n${ended.stderr}\n${ended.stdout}`)),
        );
      }),
  };
}

/** Runs `holdfast` to its end. */
export const runCli = (args: readonly string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }) =>
  startCli(args, options).result;
