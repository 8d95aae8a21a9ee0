import type { CacheEntry } from './cache';

/** How times are drawn. */
export interface FreshnessOptions {
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Largest part by which a soft time is cut, so that what was filled together does not end together. @default 0.1 */
  readonly jitter?: number;
  /** How eagerly an entry is refreshed before its soft time ends; 0 is never. @default 1 */
  readonly earliness?: number;
}

/** A soft time, cut at random by at most the jitter. */
export function jittered(softMilliseconds: number, { random, jitter = 0.1 }: FreshnessOptions): number {
  return softMilliseconds * (1 - jitter * random());
}

/** Whether an entry is past its soft time. */
export function isPastSoftTime(entry: CacheEntry): boolean {
  return entry.ageMilliseconds >= entry.softMilliseconds;
}

/**
 * Whether to refresh an entry that still serves: at random, more likely the nearer its end and the longer its load
 * takes, so that one of many readers does it and the others never see it end. Source: Vattani, Chierichetti, Lowenstein,
 * "Optimal Probabilistic Cache Stampede Prevention", 2015.
 */
export function isDueEarly(entry: CacheEntry, { random, earliness = 1 }: FreshnessOptions): boolean {
  const ahead = entry.loadMilliseconds * earliness * -Math.log(1 - random());
  return entry.ageMilliseconds + ahead >= entry.softMilliseconds;
}
