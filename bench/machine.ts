import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where and on what a run was made: enough to judge the figures, nothing that names the machine. */
export function machineLines(root: string, now: Date): string[] {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const changed = git('status', '--porcelain') ? ' and uncommitted changes' : '';
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `date: ${now.toISOString().slice(0, 10)}`,
    `commit: ${git('rev-parse', '--short', 'HEAD') ?? 'unknown'}${changed}`,
    `machine: ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GiB, ${process.platform} ${process.arch}`,
    `node: ${process.versions.node}`,
    `load average at the start: ${(loadavg()[0] ?? 0).toFixed(2)}`,
  ];
}
