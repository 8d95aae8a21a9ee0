import { existsSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';

/**
 * Folder of this package, whether the code runs from TypeScript or from `dist/`: files that are not compiled (the
 * emulator's launcher, its requirements) are found from here.
 *
 * @throws HoldfastError `environment` when the package was taken apart
 */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'lib', 'lab', 'emulator', 'requirements.txt'))) {
    const parent = path.dirname(folder);
    if (parent === folder) {
      throw new HoldfastError(
        'environment',
        'lib/lab/emulator/requirements.txt is missing: install holdfast again',
      );
    }
    folder = parent;
  }
  return folder;
}
