import { statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles that are measured: an entry of this folder, as an ES module, whole or without the SDK. */
export const BUNDLES = {
  lean: { entry: 'holdfast', external: ['@aws-sdk/*'], alias: {}, title: 'Holdfast, SDK of the run time' },
  whole: {
    entry: 'holdfast',
    external: [],
    // As docs/workers.md says, and as the functions of this package are built.
    alias: { '@aws-sdk/credential-provider-node': './lib/runtime/environment/lambda-credentials.ts' },
    title: 'Holdfast, SDK client bundled',
  },
  chain: {
    entry: 'holdfast',
    external: [],
    alias: {},
    title: 'Holdfast, SDK client bundled with its credential chain',
  },
  naive: { entry: 'powertools', external: [], alias: {}, title: 'Powertools, SDK client bundled' },
} as const;

/** One of them. */
export type WorkerBundle = keyof typeof BUNDLES;

/** Most that ours may weigh, in KB (1000 bytes). */
export const MOST_KILOBYTES = { lean: 40, whole: 350 } as const;

/** Writes `<folder>/<name>.mjs`; returns its size in KB. */
export async function bundleWorker(root: string, folder: string, name: WorkerBundle): Promise<number> {
  const { entry, external, alias } = BUNDLES[name];
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
    alias,
    // What is CommonJS among the packages asks for Node's own modules by `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    tsconfigRaw: { compilerOptions: { target: 'es2022' } },
    logLevel: 'warning',
  });
  return statSync(outfile).size / 1000;
}
