import { existsSync } from 'node:fs';
import path from 'node:path';

/** The nearest folder at or above `start` that holds a `cdk.json`; `start` itself when there is none. */
export function findProjectRoot(start: string): string {
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'cdk.json'))) return folder;
    if (path.dirname(folder) === folder) return start;
  }
}
