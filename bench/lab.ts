import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { FamilyMemory } from './process-memory';
import { median } from './statistics';
import { markdownTable } from './table';

/** Between two looks at the memory, in milliseconds: a look at 60 processes costs about 30. */
const LOOK_EVERY = 500;
const MEMORY_LIMIT_GIB = 3;

/** One run of the whole demo. */
export interface LabRun {
  /** `first`: the private Python was installed on the way. */
  readonly kind: 'first' | 'after';
  readonly wallSeconds: number;
  /** Highest sum of the proportional set sizes of all processes, in bytes. */
  readonly peakBytes: number;
  readonly peakProcesses: number;
}

/** Runs `npm start` as the demo command does it, `rounds` times, and returns the section as text. */
export async function benchLab(root: string, rounds: number): Promise<string> {
  if (process.platform !== 'linux') return 'lab: not measured, memory is read from /proc of Linux';
  const runs: LabRun[] = [];
  const demo = [path.join(root, 'dist', 'bin', 'cli.js'), 'demo', '--json'];
  for (let round = 0; round < rounds; round += 1) runs.push(await watchRun(root, demo));
  return formatLab(runs);
}

/**
 * Runs a Node command to its end and watches the memory of all its processes.
 *
 * @param onLook called after each look
 * @throws Error when it fails or does not print one JSON document: a figure of a failed run is worth nothing
 */
export async function watchRun(
  root: string,
  command: readonly string[],
  onLook: (memory: FamilyMemory) => void = () => undefined,
): Promise<LabRun> {
  const kind = existsSync(path.join(root, '.holdfast', 'python')) ? 'after' : 'first';
  const start = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let document = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    document += chunk;
  });
  const memory = new FamilyMemory(child.pid ?? 0);
  const timer = setInterval(() => {
    memory.look();
    onLook(memory);
  }, LOOK_EVERY);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearInterval(timer));
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
  JSON.parse(document);
  return {
    kind,
    wallSeconds: (performance.now() - start) / 1000,
    peakBytes: memory.peakBytes,
    peakProcesses: memory.peakProcesses,
  };
}

/** The runs as a table: the first time and after apart. */
export function formatLab(runs: readonly LabRun[]): string {
  const rows = (['first', 'after'] as const).flatMap(kind => {
    const those = runs.filter(run => run.kind === kind);
    if (those.length === 0) return [];
    const middle = (field: 'wallSeconds' | 'peakBytes' | 'peakProcesses') =>
      median(those.map(run => run[field]));
    return [
      [
        kind === 'first' ? '`npm start`, first time' : '`npm start`, after',
        `${those.length}`,
        `${middle('wallSeconds').toFixed(0)} s`,
        kind === 'first' ? '300 s' : '120 s',
        `${(middle('peakBytes') / 2 ** 30).toFixed(2)} GiB`,
        `${MEMORY_LIMIT_GIB} GiB`,
        `${middle('peakProcesses').toFixed(0)}`,
      ],
    ];
  });
  return [
    'lab, all processes together (proportional set size), medians:',
    markdownTable(['run', 'n', 'wall', 'limit', 'peak memory', 'limit', 'processes at the peak'], rows),
  ].join('\n');
}
