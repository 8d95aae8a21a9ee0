import { readFileSync } from 'node:fs';
import type { NotEmulated } from './types';

/** Reads what the emulator wrote down: one line a resource created by name only, and one when it was deleted. */
export function readNotEmulated(file: string): readonly NotEmulated[] {
  const present = new Map<string, NotEmulated>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const { event, ...resource } = JSON.parse(line) as NotEmulated & { event: 'created' | 'deleted' };
    const key = `${resource.region}/${resource.stack}/${resource.logicalId}`;
    if (event === 'created') present.set(key, resource);
    else present.delete(key);
  }
  return [...present.values()];
}
