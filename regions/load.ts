import { HoldfastError } from '../lib/errors';
import { type ResolvedTopology, resolveTopology } from './recovery';
import type { Topology } from './topology';

/** Options of {@link loadTopology}. */
export interface LoadOptions {
  /**
   * Account to use where the file names none; the caller reads it from the environment.
   * @default - none; the file must name it
   */
  readonly account?: string;
}

/**
 * Validates a topology whole and applies every default.
 * @throws HoldfastError `invalid-topology` with every problem found: its path, the value received and the fix
 */
export function loadTopology(input: unknown, options: LoadOptions = {}): ResolvedTopology {
  // The schema library takes longer to load than everything else here together: only those pay who validate.
  const { findProblems } = require('./schema') as typeof import('./schema');
  const problems = findProblems(input, options.account);
  if (problems.length > 0) {
    throw new HoldfastError('invalid-topology', `the topology has ${count(problems.length)}`, problems);
  }
  const topology = input as Topology;
  return resolveTopology(topology, topology.account ?? (options.account as string));
}

const count = (problems: number): string => (problems === 1 ? 'a problem' : `${problems} problems`);
