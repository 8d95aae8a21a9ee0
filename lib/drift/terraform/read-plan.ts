import { basename } from 'node:path';
import type { Comparison } from '../model';
import { readJsonFile } from '../read-json';
import { comparePlan } from './compare-plan';

/**
 * What the plan in a file would do; the plan is called by the file's name.
 *
 * @param region of what does not tell its own
 * @throws HoldfastError `invalid-input` for a file that cannot be read or holds no plan
 */
export function readPlan(file: string, region?: string): Comparison {
  const place = {
    stack: basename(file).replace(/\.json$/i, ''),
    ...(region === undefined ? {} : { region }),
  };
  return comparePlan(readJsonFile(file), place, file);
}
