#!/usr/bin/env node
// Bundles what runs in clones, workers and functions, each into one file that needs nothing but Node: a booting
// clone installs nothing. Names stay as they are, so that a stack trace can be read at night.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Folder under dist/bundles, and the entry it is built from. */
const BUNDLES = {
  service: 'lib/service/main.ts',
  worker: 'lib/service/worker-main.ts',
  payment: 'lib/service/payment-main.ts',
  gate: 'lib/handlers/gate.ts',
  'live-settings': 'lib/handlers/live-settings.ts',
  'deploy-interlock': 'lib/handlers/deploy-interlock.ts',
  'release-step': 'lib/handlers/release-step.ts',
  'failover-requester': 'lib/handlers/failover-requester.ts',
  'health-beacon': 'lib/handlers/health-beacon.ts',
  'queue-worker': 'lib/handlers/queue-worker.ts',
  'stream-worker': 'lib/handlers/stream-worker.ts',
  'change-feed': 'lib/handlers/change-feed.ts',
  'orders-api': 'lib/handlers/orders-api.ts',
  'orders-worker': 'lib/handlers/orders-worker.ts',
};

/**
 * Functions take their credentials from their environment alone, as Lambda gives them: the SDK's chain of other
 * sources would be a third of each bundle. Clones and workers run on instances, and keep it.
 */
const FUNCTION_ALIAS = {
  '@aws-sdk/credential-provider-node': './lib/runtime/environment/lambda-credentials.ts',
};

/** Where the bundles go. @default dist/bundles */
const folder = process.argv[2] ?? 'dist/bundles';

for (const [name, entry] of Object.entries(BUNDLES)) {
  await build({
    // Relative paths and a fixed working directory: the same sources give the same bytes on every machine.
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(folder, name, 'index.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'external',
    minifySyntax: true,
    minifyWhitespace: true,
    // The packages' ES modules first: unused parts of the SDK fall away, which halves start-up time.
    mainFields: ['module', 'main'],
    // Optional native client of pg, never installed.
    external: ['pg-native'],
    alias: entry.startsWith('lib/handlers/') ? FUNCTION_ALIAS : {},
    tsconfigRaw: { compilerOptions: { target: 'es2022' } },
    logLevel: 'warning',
  });
}
