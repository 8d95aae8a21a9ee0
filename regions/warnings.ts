import type { Problem } from '../lib/errors';
import type { Topology } from './topology';

/** What is allowed and yet unwise. */
export function topologyWarnings(_topology: Topology): readonly Problem[] {
  return [];
}
