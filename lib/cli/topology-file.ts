import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { loadTopology, type ResolvedTopology } from '../../regions';
import { HoldfastError } from '../errors';
import type { CommandContext } from './context';

/**
 * Reads a topology file: `.ts` (bundled in memory, nothing is written beside it), `.js`, `.cjs`, `.mjs` or `.json`.
 * The topology is its default export.
 *
 * @throws HoldfastError `not-found` when there is no such file, `invalid-input` when it cannot be read,
 * `invalid-topology` with every problem when it is wrong
 */
export async function readTopologyFile(
  projectRoot: string,
  file: string,
  account: string | undefined,
): Promise<ResolvedTopology> {
  const absolute = path.resolve(projectRoot, file);
  if (!existsSync(absolute)) {
    throw new HoldfastError(
      'not-found',
      `topology file ${absolute} does not exist; name one with --topology`,
    );
  }
  return loadTopology(await importDefault(absolute), account === undefined ? {} : { account });
}

async function importDefault(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
    if (file.endsWith('.ts')) return importTypeScript(file);
    const loaded = await import(pathToFileURL(file).href);
    return loaded.default?.default ?? loaded.default ?? loaded;
  } catch (error) {
    throw new HoldfastError('invalid-input', `topology file ${file} cannot be read: ${String(error)}`, [], {
      cause: error,
    });
  }
}

/** Compiled and run in memory, as a module at the file's own place: that is where its imports are looked for. */
function importTypeScript(file: string): unknown {
  const { buildSync } = require('esbuild') as typeof import('esbuild');
  const built = buildSync({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
    external: ['holdfast', 'holdfast/*'],
  });
  const code = built.outputFiles[0]?.text ?? '';
  const module: { exports: { default?: unknown } } = { exports: {} };
  const run = compileFunction(code, ['module', 'exports', 'require', '__filename', '__dirname'], {
    filename: file,
  });
  run(module, module.exports, createRequire(file), file, path.dirname(file));
  return module.exports.default ?? module.exports;
}

/** The topology that `cdk.json` names in its context, or else the example that ships with the package. */
export function defaultTopologyFile(context: CommandContext): string {
  const file = path.join(context.projectRoot, 'cdk.json');
  if (existsSync(file)) {
    const named = (JSON.parse(readFileSync(file, 'utf8')) as { context?: { topology?: string } }).context
      ?.topology;
    if (named !== undefined) return named;
  }
  return path.join(context.installRoot, 'dist', 'regions', 'examples', 'orders.js');
}
