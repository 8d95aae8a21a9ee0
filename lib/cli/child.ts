import { spawn } from 'node:child_process';
import { HoldfastError } from '../errors';

/** How a child process ended. */
export interface ChildResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end and collects what it printed. An aborted signal stops it by its process id.
 *
 * @throws HoldfastError `aborted` when the signal aborted, `environment` when it could not be started
 */
export function runChild(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.kill('SIGTERM');
    options.signal.addEventListener('abort', stop, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.once('error', cause =>
      reject(
        new HoldfastError('environment', `${program} could not be started: ${cause.message}`, [], { cause }),
      ),
    );
    child.once('close', code => {
      options.signal.removeEventListener('abort', stop);
      if (options.signal.aborted) reject(new HoldfastError('aborted', 'interrupted'));
      else resolve({ exitCode: code ?? 1, stdout, stderr });
    });
  });
}
