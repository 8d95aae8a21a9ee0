import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../lib/clock';
import { AWS_ENTRIES, type DrillContext, runDrill } from '../lib/drill';
import { EAST, instantWorld, WEST } from './drill-world';
import { median } from './statistics';
import { markdownTable } from './table';

const LIMIT_MILLISECONDS = 100;
const MODES = ['switchover', 'failover'] as const;
const LINES = [{ phase: 'promotion', seconds: 120 }];

/**
 * What the engine adds to a whole drill, from command to report, when every step is over at once: preflight, plan, lock,
 * journal with its syncs and its copy, looks, reports. The lease is of no time, so nothing is waited for.
 */
export async function benchDrill(rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const mode of MODES) {
    const runs: { milliseconds: number; records: number }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const run = await once(mode, round);
      // The first fills caches and compiles.
      if (round > 0) runs.push(run);
    }
    const all = runs.map(({ milliseconds }) => milliseconds);
    const middle = median(all);
    const within = middle <= LIMIT_MILLISECONDS ? 'within' : 'OVER';
    const figures = [middle, Math.min(...all), Math.max(...all)].map(value => `${value.toFixed(1)} ms`);
    rows.push([mode, String(runs[0]?.records), ...figures, `${within} ${LIMIT_MILLISECONDS} ms`]);
  }
  const head = ['drill', 'records', 'median', 'least', 'most', 'limit'];
  return `A whole drill with instant steps, n = ${rounds}:\n\n${markdownTable(head, rows)}`;
}

async function once(mode: (typeof MODES)[number], round: number) {
  const directory = mkdtempSync(path.join(tmpdir(), 'holdfast-drill-'));
  try {
    const context = contextIn(directory, `bench-${round}`);
    const start = performance.now();
    const { report } = await runDrill(context, { mode, to: WEST, ...acceptances(mode) });
    const milliseconds = performance.now() - start;
    if (report.outcome !== 'done') throw new Error(`the drill ended ${report.outcome}: ${report.reason}`);
    const journal = readFileSync(path.join(directory, report.id, 'journal.jsonl'), 'utf8');
    return { milliseconds, records: journal.trim().split('\n').length };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const acceptances = (mode: (typeof MODES)[number]) =>
  mode === 'failover' ? { acceptDataLoss: true, acceptUnknown: ['active'] } : {};

function contextIn(directory: string, holder: string): DrillContext {
  const { cloud, outside, host } = instantWorld();
  return {
    ...{ cloud, outside, directory, holder },
    clock: systemClock,
    output: { emit: () => undefined },
    random: Math.random,
    settings: {
      application: 'orders',
      host,
      regions: [EAST, WEST],
      register: 'strong',
      leaseSeconds: 0,
      leaseMarginSeconds: 0,
      promisedClones: {},
      objectives: { rtoSeconds: 900, rpoSeconds: 30 },
      budgets: { switchover: LINES, failover: LINES },
    },
    entries: AWS_ENTRIES,
    timeScale: 1,
    target: 'aws',
  };
}
