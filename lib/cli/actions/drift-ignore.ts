import { existsSync } from 'node:fs';
import path from 'node:path';
import { type IgnoreFile, readIgnoreFile } from '../../drift';
import type { CommandContext } from '../context';

/** Names under which an ignore file is looked for in the project. */
const NAMES = ['drift-ignore.yaml', 'drift-ignore.yml', 'drift-ignore.json'];

/** The project's own ignore file, if it has one. */
export const ignoreFileOf = ({ projectRoot }: CommandContext): string | undefined =>
  NAMES.map(name => path.join(projectRoot, name)).find(file => existsSync(file));

/**
 * The entries to go by: those of the file that is named, else of the project's own; none when it has none.
 *
 * @throws HoldfastError `invalid-input` for a named file that is not there, and for entries that are not valid
 */
export function ignoresOf(context: CommandContext, named: string | undefined): IgnoreFile | undefined {
  const file = named ?? ignoreFileOf(context);
  return file === undefined ? undefined : readIgnoreFile(file);
}
