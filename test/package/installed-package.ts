import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../helpers/sources';

const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
/** Everything that a package may be made of, besides `dist`. */
const SOURCES = ['package.json', 'README.md', 'LICENSE', 'cdk.json', 'docs', 'scripts', 'lib/lab/emulator'];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The packed project, installed into an empty app the way npm does it, without any network. */
export interface InstalledPackage {
  /** Folder of the app. */
  readonly app: string;
  /** Folder of the unpacked package in it. */
  readonly folder: string;
  /** Bytes of the tarball. */
  readonly packedBytes: number;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs Node in the app. */
  node(args: readonly string[], environment?: NodeJS.ProcessEnv): SpawnSyncReturns<string>;
  /** Runs the TypeScript compiler in the app. */
  tsc(...args: string[]): SpawnSyncReturns<string>;
  remove(): void;
}

/** Compiles the sources as they are now, packs them with npm and unpacks the tarball into an app of its own. */
export function installPackage(): InstalledPackage {
  const home = mkdtempSync(path.join(tmpdir(), 'holdfast-package-'));
  const packed = pack(stage(path.join(home, 'stage')), home);
  const app = path.join(home, 'app');
  const folder = path.join(app, 'node_modules', 'holdfast');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(app, 'package.json'), '{ "name": "app", "private": true }\n');
  succeed(run('tar', ['-xzf', packed.tarball, '--strip-components=1', '-C', folder], app));
  linkDependencies(app);
  return {
    app,
    folder,
    packedBytes: packed.size,
    files: packed.files,
    node: (args, environment) => run(process.execPath, args, app, environment),
    tsc: (...args) => run(process.execPath, [TSC, ...args], app),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function stage(folder: string): string {
  for (const source of SOURCES)
    cpSync(path.join(ROOT, source), path.join(folder, source), { recursive: true });
  // Types are the business of `npm run types`: here only what is emitted counts.
  const compiled = run(
    process.execPath,
    [TSC, '-p', 'tsconfig.build.json', '--outDir', path.join(folder, 'dist')],
    ROOT,
  );
  const list = path.join(folder, 'dist/constructs/index.js');
  if (!existsSync(list)) throw new Error(compiled.stdout);
  const lazy = `import { makeLazy } from ${JSON.stringify(path.join(ROOT, 'scripts/lazy-index.mjs'))}; makeLazy(${JSON.stringify(list)});`;
  succeed(run(process.execPath, ['--input-type=module', '-e', lazy], ROOT));
  if (!existsSync(path.join(ROOT, 'dist/artifacts/manifest.json'))) {
    succeed(run(process.execPath, [path.join(ROOT, 'scripts/build.mjs')], ROOT));
  }
  for (const built of ['bundles', 'artifacts']) {
    cpSync(path.join(ROOT, 'dist', built), path.join(folder, 'dist', built), {
      recursive: true,
      filter: file => !file.endsWith('runtime-x64.tgz'),
    });
  }
  // In place of 50 MB: only whether it is packed matters.
  writeFileSync(path.join(folder, 'dist/artifacts/runtime-x64.tgz'), 'run time');
  return folder;
}

function pack(from: string, to: string): { tarball: string; size: number; files: string[] } {
  const { stdout } = succeed(
    run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', to], from),
  );
  const [{ filename, size, files }] = JSON.parse(stdout);
  return {
    tarball: path.join(to, filename),
    size,
    files: files.map((file: { path: string }) => file.path),
  };
}

/** Dependencies and required peers alone: an optional peer is what an app may do without. */
function linkDependencies(app: string): void {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const peers = Object.keys(manifest.peerDependencies).filter(
    name => manifest.peerDependenciesMeta[name]?.optional !== true,
  );
  for (const name of [...Object.keys(manifest.dependencies), ...peers, '@types/node']) {
    const link = path.join(app, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', name), link);
  }
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): SpawnSyncReturns<string> {
  return spawnSync(program, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

/** Hands the result on when the program ended well, and throws what it said otherwise. */
export function succeed(result: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  if (result.status !== 0) throw new Error(`${result.stdout}\n${result.stderr}\n${result.error ?? ''}`);
  return result;
}
