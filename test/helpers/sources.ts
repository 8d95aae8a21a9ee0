import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The project's root folder. */
export const ROOT = path.resolve(__dirname, '..', '..');

/** A source file with its path from the root, in forward slashes. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Every TypeScript file below the given folders. */
export function sources(...folders: readonly string[]): Source[] {
  return folders.flatMap(folder => walk(path.join(ROOT, folder)));
}

function walk(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return walk(full);
    if (!entry.name.endsWith('.ts')) return [];
    return [{ file: path.relative(ROOT, full).replaceAll(path.sep, '/'), text: readFileSync(full, 'utf8') }];
  });
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

/** What a file imports: packages by name, project files by path from the root without their ending. */
export function importsOf(source: Source): string[] {
  return [...source.text.matchAll(IMPORT)].map(match => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    return name.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(source.file), name))
      : name;
  });
}
