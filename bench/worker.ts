/** A queue's worker: what a record, a bundle and an import cost, Holdfast beside Powertools in one run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { measure } from './measure';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';
import { BUNDLES, bundleWorker, MOST_KILOBYTES, type WorkerBundle } from './worker/bundle';
import { holdfastWork, powertoolsWork, type WorkOne } from './worker/records';

/** What is to be reached. */
const LIMITS = { recordTimes: 3, importShare: 0.75 } as const;
const RECORDS = 20_000;

/** Measures and returns the section as text. */
export async function benchWorker(root: string, rounds: number): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-worker-'));
  try {
    return [await recordsPart(rounds), '', await bundlesPart(root, folder, rounds)].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function recordsPart(rounds: number): Promise<string> {
  const run = (make: (count: () => void) => WorkOne) => async (): Promise<number> => {
    let effects = 0;
    const work = make(() => {
      effects += 1;
    });
    const start = performance.now();
    for (let number = 0; number < RECORDS; number += 1) await work(number);
    const microseconds = ((performance.now() - start) * 1000) / RECORDS;
    if (effects !== RECORDS) throw new Error(`${effects} effects of ${RECORDS} records`);
    return microseconds;
  };
  const costs = await interleave(
    {
      plain: run(count => powertoolsWork(count, false)),
      checked: run(count => powertoolsWork(count, true)),
      holdfast: run(holdfastWork),
    },
    rounds,
  );
  const titles = {
    plain: 'Powertools, key alone',
    checked: 'Powertools, key and payload',
    holdfast: 'Holdfast, key and payload',
  };
  const rows = (['plain', 'checked', 'holdfast'] as const).map(name => [
    titles[name],
    `${median(costs[name]).toFixed(2)} us`,
    pairedRatio(costs[name], costs.holdfast).toFixed(1),
  ]);
  // Judged by the cheaper of the two, which does less.
  const times = pairedRatio(costs.plain, costs.holdfast);
  return [
    `idempotent handling of a new record, store in memory, ${RECORDS} records a run, n = ${rounds} each in turn:`,
    markdownTable(['idempotency', 'median a record', 'times Holdfast'], rows),
    `${times.toFixed(1)} times cheaper; at least ${LIMITS.recordTimes}: ${verdict(times >= LIMITS.recordTimes)}`,
  ].join('\n');
}

async function bundlesPart(root: string, folder: string, rounds: number): Promise<string> {
  const names = Object.keys(BUNDLES) as WorkerBundle[];
  const sizesOf: Record<string, number> = {};
  for (const name of names) sizesOf[name] = await bundleWorker(root, folder, name);
  const kilobytes = (name: WorkerBundle) => sizesOf[name] ?? 0;
  writeFileSync(path.join(folder, 'empty.mjs'), '');
  const hook = path.join(root, 'dist', 'bench', 'usage-hook.js');
  const process = (name: string) => () => measure({ script: path.join(folder, `${name}.mjs`) }, hook);
  const costs = await interleave(
    {
      empty: process('empty'),
      naive: process('naive'),
      chain: process('chain'),
      whole: process('whole'),
    },
    rounds * 4,
  );
  /** What a run took more than the empty module's beside it. */
  const net = (name: 'naive' | 'chain' | 'whole', field: 'wallMilliseconds' | 'cpuMilliseconds') =>
    median(costs[name].map((cost, run) => cost[field] - (costs.empty[run]?.[field] ?? 0)));
  const shareOf = (field: 'wallMilliseconds' | 'cpuMilliseconds') =>
    net('whole', field) / net('naive', field);
  const share = shareOf('wallMilliseconds');
  const sizes = names.map(name => [BUNDLES[name].title, `${kilobytes(name).toFixed(1)} KB`]);
  const milliseconds = (value: number) => `${value.toFixed(1)} ms`;
  const imports = (['empty', 'naive', 'chain', 'whole'] as const).map(name => [
    name === 'empty' ? 'an empty module' : BUNDLES[name].title,
    milliseconds(median(costs[name].map(cost => cost.wallMilliseconds))),
    name === 'empty' ? '' : milliseconds(net(name, 'wallMilliseconds')),
    name === 'empty' ? '' : milliseconds(net(name, 'cpuMilliseconds')),
  ]);
  return [
    'bundles of a queue worker (batching, idempotency, logs), ES modules, minified:',
    markdownTable(['bundle', 'size'], sizes),
    `at most ${MOST_KILOBYTES.lean} KB without the SDK: ${verdict(kilobytes('lean') <= MOST_KILOBYTES.lean)}; ` +
      `at most ${MOST_KILOBYTES.whole} KB with it: ${verdict(kilobytes('whole') <= MOST_KILOBYTES.whole)}`,
    '',
    `import, whole processes in turn, n = ${costs.whole.length} each, medians:`,
    markdownTable(['module', 'process', 'less the empty one', 'CPU, less the empty one'], imports),
    `import: ${percent(share)} of the naive one's; at most ${percent(LIMITS.importShare)}: ` +
      `${verdict(share <= LIMITS.importShare)} (CPU: ${percent(shareOf('cpuMilliseconds'))})`,
  ].join('\n');
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const verdict = (reached: boolean): string => (reached ? 'within' : 'OVER');
