import type { Difference } from '../model';
import { replacementOf } from '../schema/replacement';

/** Name of the property in which a path stands; empty for what is no property. */
export function topPropertyOf(path: string): string {
  if (!path.startsWith('Properties.')) return '';
  const rest = path.slice('Properties.'.length);
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0];
  if (quoted !== undefined) return JSON.parse(quoted) as string;
  return /^[^.[]+/.exec(rest)?.[0] ?? '';
}

/** The differences of a resource of that type, each with what it does to it. */
export function withReplacement(type: string, differences: readonly Difference[]): Difference[] {
  return differences.map(difference => {
    const property = topPropertyOf(difference.path);
    if (property === '') return difference;
    const replaces = replacementOf(type, property);
    if (replaces === 'no') return difference;
    return { ...difference, replaces: replaces === 'unknown' ? 'perhaps' : replaces };
  });
}
