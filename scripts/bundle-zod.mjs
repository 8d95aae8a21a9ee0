// Puts what a compiled module re-exports of a package into the module itself: nothing but what it names, in one file.
// The types that stand beside it still come from the package.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Writes `dist/regions/zod.js` in place of what the compiler wrote. */
export async function bundleZod(root) {
  const folder = path.join(root, 'node_modules/zod');
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const licence = readFileSync(path.join(folder, 'LICENSE'), 'utf8').trim();
  await build({
    absWorkingDir: root,
    entryPoints: ['regions/zod.ts'],
    outfile: 'dist/regions/zod.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The package's ES modules, whose unused parts fall away.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    banner: { js: `/* zod ${version}\n\n${licence}\n*/` },
    logLevel: 'warning',
  });
}
