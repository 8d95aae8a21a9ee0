import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { ConfigStore, StoredConfig } from './config-store';

/**
 * The last good document in a file. It is written beside and renamed, so a reader sees the old one or the new one; a
 * check sum tells what a crash or a full disk left behind.
 */
export function configFile(path: string): ConfigStore {
  return {
    async read() {
      try {
        const { sha256, ...stored } = JSON.parse(await readFile(path, 'utf8')) as StoredConfig & {
          readonly sha256?: unknown;
        };
        return sha256 === sumOf(stored) ? stored : undefined;
      } catch {
        return undefined;
      }
    },
    async write({ content, version, confirmedAt }) {
      const stored = { content, version, confirmedAt };
      const beside = `${path}.new`;
      await writeFile(beside, JSON.stringify({ ...stored, sha256: sumOf(stored) }), { mode: 0o600 });
      await rename(beside, path);
    },
  };
}

function sumOf({ content, version, confirmedAt }: StoredConfig): string {
  return createHash('sha256')
    .update(JSON.stringify([content, version, confirmedAt]))
    .digest('hex');
}
