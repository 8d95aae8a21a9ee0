import { existsSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../lib/errors';

/** Folder of the package, found from this file: its sources and `dist/` lie at different depths. */
export function packageRoot(from: string = __dirname): string {
  let folder = from;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) {
      throw new HoldfastError('environment', `no package.json above ${from}; reinstall the package`);
    }
    folder = parent;
  }
  return folder;
}

/**
 * Absolute path of something that the build makes, such as `artifacts/app.tgz`.
 *
 * @throws HoldfastError with code `environment` when it is not there, with the command that makes it
 */
export function buildOutput(relative: string): string {
  const absolute = path.join(packageRoot(), 'dist', relative);
  if (!existsSync(absolute)) {
    throw new HoldfastError('environment', 'build output is missing', [
      {
        path: `dist/${relative}`,
        message: 'not found',
        fix: 'run `npm run build` (of the installed package: `node node_modules/holdfast/scripts/runtime.mjs`), or pass your own artifact or code',
      },
    ]);
  }
  return absolute;
}
