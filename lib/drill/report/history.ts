import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { timeOfId } from '../run/drill-id';
import type { DrillReport } from './report';

/** One drill of the past, as its report tells it. */
export interface PastDrill {
  readonly id: string;
  readonly mode: string;
  readonly target: string;
  /** Home that was moved. @default - the application has none */
  readonly home?: string;
  readonly from: string;
  readonly to: string;
  readonly outcome: string;
  readonly timeScale: number;
  readonly rtoSeconds: number | null;
  readonly rpoSeconds: number | null;
  readonly lost: number | null;
  readonly missed: readonly string[];
}

/** The drills of a folder, oldest first, and how their times go. */
export interface DrillHistory {
  readonly version: 1;
  readonly drills: readonly PastDrill[];
  /** By mode, target, time scale and home, since nothing else can be compared. */
  readonly trends: readonly DrillTrend[];
  /** Folders whose report could not be read; they count for nothing here, and are not forgotten. */
  readonly unreadable: readonly string[];
}

/** The RTO of drills that can be compared. */
export interface DrillTrend {
  readonly mode: string;
  readonly target: string;
  readonly timeScale: number;
  /** Home that was moved. @default - the application has none */
  readonly home?: string;
  /** Drills that came to a verified end. */
  readonly drills: number;
  readonly medianRtoSeconds: number;
  readonly lastRtoSeconds: number;
  /** The last against the median of those before it; null when it is the first. */
  readonly lastAgainstMedian: number | null;
}

/** Reads the reports below a folder of drills. */
export function drillHistory(directory: string): DrillHistory {
  const ids = existsSync(directory)
    ? readdirSync(directory).filter(id => existsSync(path.join(directory, id, 'report.json')))
    : [];
  const drills: (PastDrill & { readonly at: string })[] = [];
  const unreadable: string[] = [];
  for (const id of ids) {
    const past = readPast(path.join(directory, id, 'report.json'));
    if (past === undefined) unreadable.push(id);
    else drills.push(past);
  }
  const inOrder = drills.sort((a, b) => a.at.localeCompare(b.at)).map(({ at: _, ...drill }) => drill);
  return { version: 1, drills: inOrder, trends: trendsOf(inOrder), unreadable };
}

function readPast(file: string): (PastDrill & { readonly at: string }) | undefined {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as DrillReport;
    const { id, mode, target, home, from, to, outcome, timeScale, rtoSeconds, rpoSeconds, missed } = report;
    // Not the time of the file: a drill may begin while another's report is still being written.
    const at = timeOfId(id);
    return {
      id,
      mode,
      target,
      ...(home === undefined ? {} : { home }),
      from,
      to,
      outcome,
      timeScale,
      rtoSeconds,
      rpoSeconds,
      lost: report.writes.lost,
      missed,
      at,
    };
  } catch {
    return undefined;
  }
}

function trendsOf(drills: readonly PastDrill[]): readonly DrillTrend[] {
  const groups = new Map<string, PastDrill[]>();
  for (const drill of drills) {
    if (drill.outcome !== 'done' || drill.rtoSeconds === null) continue;
    const key = JSON.stringify([drill.mode, drill.target, drill.timeScale, drill.home]);
    groups.set(key, [...(groups.get(key) ?? []), drill]);
  }
  return [...groups.values()].map(group => {
    const times = group.map(drill => drill.rtoSeconds ?? 0);
    const [last = 0] = times.slice(-1);
    const before = times.slice(0, -1);
    const { mode, target, timeScale, home } = group[0] as PastDrill;
    return {
      ...{ mode, target, timeScale },
      ...(home === undefined ? {} : { home }),
      drills: group.length,
      medianRtoSeconds: median(times),
      lastRtoSeconds: last,
      lastAgainstMedian: before.length === 0 ? null : last / median(before),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  return (low + high) / 2;
}
