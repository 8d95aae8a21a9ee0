import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

/** What one run of a process cost. */
export interface Cost {
  /** From spawn to exit, in milliseconds. */
  readonly wallMilliseconds: number;
  /** User and system time of the process, in milliseconds: what it costs however busy the machine is. */
  readonly cpuMilliseconds: number;
  /** Highest resident set of the process, in MB (10^6 bytes). */
  readonly peakMegabytes: number;
}

/** A process to measure: a Node script and what it is started with. */
export interface Subject {
  readonly script: string;
  /** Node's own options. */
  readonly nodeOptions?: readonly string[];
  /** Arguments of the script. */
  readonly arguments?: readonly string[];
  /** Working folder. @default - that of this process */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a script once in a fresh Node process and in a fresh temporary folder, named to it by `CDK_OUTDIR`.
 *
 * @param hook path of the compiled `usage-hook`
 * @throws Error with what the process wrote when it fails: a figure of a failed run is worth nothing
 */
export async function measure(
  subject: Subject,
  hook: string,
  inspect?: (folder: string) => void,
): Promise<Cost> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-'));
  const usageFile = path.join(folder, 'usage.json');
  const output = path.join(folder, 'out');
  try {
    const start = performance.now();
    await run(subject, hook, { CDK_OUTDIR: output, HOLDFAST_BENCH_USAGE: usageFile });
    const wallMilliseconds = performance.now() - start;
    const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage;
    inspect?.(output);
    return {
      wallMilliseconds,
      cpuMilliseconds: (usage.userCPUTime + usage.systemCPUTime) / 1000,
      peakMegabytes: (usage.maxRSS * 1024) / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(subject: Subject, hook: string, extra: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...(subject.nodeOptions ?? []), '--require', hook, subject.script, ...(subject.arguments ?? [])],
      {
        ...(subject.folder === undefined ? {} : { cwd: subject.folder }),
        env: { ...process.env, ...subject.environment, ...extra },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`${subject.script} ended with ${code}:\n${said}`));
    });
  });
}
