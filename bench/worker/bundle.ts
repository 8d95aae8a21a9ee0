import { statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles that are measured: an entry of this folder, as an ES module, whole or without the SDK. */
export const BUNDLES = {
  lean: { entry: 'holdfast', external: ['@aws-sdk/*'], title: 'Holdfast, SDK of the run time' },
  whole: { entry: 'holdfast', external: [], title: 'Holdfast, SDK client bundled' },
  naive: { entry: 'powertools', external: [], title: 'Powertools, SDK client bundled' },
} as const;

/** One of them. */
export type WorkerBundle = keyof typeof BUNDLES;

/** Most that ours may weigh, in KB (1000 bytes). */
export const MOST_KILOBYTES = { lean: 40, whole: 350 } as const;

/** Writes `<folder>/<name>.mjs`; returns its size in KB. */
export async function bundleWorker(root: string, folder: string, name: WorkerBundle): Promise<number> {
  const { entry, external } = BUNDLES[name];
  const outfile = path.join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [`bench/worker/${entry}.ts`],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: [...external],
    // What is CommonJS among the packages asks for Node's own modules by `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    tsconfigRaw: { compilerOptions: { target: 'es2022' } },
    logLevel: 'warning',
  });
  return statSync(outfile).size / 1000;
}
