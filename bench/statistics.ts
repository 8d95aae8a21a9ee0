/**
 * Middle value; the mean of the two middle ones of an even number.
 *
 * @throws RangeError without any value: there is no median of nothing
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median of no values; run at least once');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/**
 * Median of the ratios of neighbours. Runs that lie side by side meet the same machine, so what slows both cancels
 * out, which the ratio of two medians does not promise.
 *
 * @throws RangeError when the two were not run equally often
 */
export function pairedRatio(values: readonly number[], baseline: readonly number[]): number {
  if (values.length !== baseline.length) {
    throw new RangeError(`${values.length} runs against ${baseline.length}; run both equally often`);
  }
  return median(values.map((value, index) => value / (baseline[index] as number)));
}

/**
 * Runs the subjects in turn, A B C A B C ..., after one round that is thrown away (it fills the page cache).
 *
 * @returns the results of each subject, in order, `rounds` of each
 */
export async function interleave<K extends string, T>(
  subjects: Readonly<Record<K, () => Promise<T>>>,
  rounds: number,
): Promise<Record<K, T[]>> {
  const names = Object.keys(subjects) as K[];
  const results = Object.fromEntries(names.map(name => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const result = await subjects[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}
