import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Objects } from './objects';

/** Objects as files of a folder: written beside, brought to the disk, then renamed. What is left of a crash begins with a dot. */
export function folderObjects(folder: string): Objects {
  return {
    async put(key, bytes) {
      const file = path.join(folder, key);
      const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
      await mkdir(path.dirname(file), { recursive: true });
      try {
        const handle = await open(draft, 'wx', 0o640);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
  };
}
