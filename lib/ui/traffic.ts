import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { LedgerEntry } from '../drill';

/** Writes that the load saw acknowledged, by the Region that acknowledged them. */
export interface Traffic {
  /** Length of the window that was looked at. */
  readonly windowSeconds: number;
  /** Writes acknowledged a second; a Region without any is left out. */
  readonly perSecond: Readonly<Record<string, number>>;
}

/** Long enough to be calm, short enough to show a move of some seconds. */
const WINDOW_SECONDS = 3;
/** The end of a ledger that is read: more than a window holds at the load's highest rate. */
const TAIL_BYTES = 1024 * 1024;

/** What a ledger says of the last seconds; nothing when its file cannot be read. */
export function trafficOf(ledgerFile: string, now: Date): Traffic | undefined {
  const text = readTail(ledgerFile);
  if (text === undefined) return undefined;
  const since = now.getTime() - WINDOW_SECONDS * 1000;
  const counts: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const entry = parse(line);
    if (entry !== undefined && Date.parse(entry.at) >= since)
      counts[entry.region] = (counts[entry.region] ?? 0) + 1;
  }
  const perSecond = Object.fromEntries(
    Object.entries(counts).map(([region, count]) => [region, count / WINDOW_SECONDS]),
  );
  return { windowSeconds: WINDOW_SECONDS, perSecond };
}

function readTail(file: string): string | undefined {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const length = Math.min(size, TAIL_BYTES);
      const buffer = Buffer.alloc(length);
      readSync(descriptor, buffer, 0, length, size - length);
      return buffer.toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** One whole line; the first of a tail may be half a one, and so may the last. */
function parse(line: string): LedgerEntry | undefined {
  try {
    return JSON.parse(line) as LedgerEntry;
  } catch {
    return undefined;
  }
}
