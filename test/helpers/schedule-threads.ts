// Runs schedules on every core, in threads of their own: the test runner follows each promise, which costs three times
// what the schedules themselves do.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Seeds of one thread. */
export interface Share {
  readonly first: number;
  readonly count: number;
}

/**
 * Divides `count` seeds from `first` on among threads that each run `file`, a TypeScript module that takes a `Share`
 * as its worker data and posts one result.
 */
export async function inThreads<Result>(
  file: string,
  first: number,
  count: number,
): Promise<readonly Result[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-proof-'));
  try {
    const bundle = path.join(folder, 'proof.cjs');
    const esbuild = path.resolve('node_modules/esbuild/bin/esbuild');
    execFileSync(esbuild, [file, '--bundle', '--platform=node', `--outfile=${bundle}`, '--log-level=error']);
    const size = Math.ceil(count / availableParallelism());
    const shares = Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
      first: first + index * size,
      count: Math.min(size, count - index * size),
    }));
    return await Promise.all(shares.map(share => inThread<Result>(bundle, share)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inThread<Result>(bundle: string, share: Share): Promise<Result> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(bundle, { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`a thread ended with ${code} before its result`)));
  });
}
