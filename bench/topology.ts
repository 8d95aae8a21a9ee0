import { performance } from 'node:perf_hooks';
import { loadTopology, recoveryBudget } from '../regions';
import orders from '../regions/examples/orders';
import { median } from './statistics';

const WARM_UP = 50;

/** Measures the facts layer in this process: validating a topology, and the recovery arithmetic from it. */
export function benchTopology(repetitions: number): string {
  const topology = loadTopology(orders);
  const load = timed(repetitions, () => loadTopology(orders));
  const budget = timed(repetitions, () => recoveryBudget(topology));
  return [
    `facts, n = ${repetitions} each, warm, medians:`,
    `loadTopology ${load.toFixed(3)} ms, recoveryBudget ${budget.toFixed(3)} ms`,
  ].join('\n');
}

function timed(repetitions: number, work: () => unknown): number {
  for (let round = 0; round < WARM_UP; round += 1) work();
  return median(
    Array.from({ length: repetitions }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}
