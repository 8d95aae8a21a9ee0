import { importsOf, type Source, sources } from './helpers/sources';

const LAYER_FOLDERS = ['bin', 'stacks', 'constructs', 'lib', 'regions'];
const ENGINES = [
  'aws',
  'cli',
  'drift',
  'drill',
  'jobs',
  'lab',
  'operations',
  'release',
  'runbook',
  'terraform',
  'ui',
];

/** A project file belongs to one layer; the engine's name is kept, since engines meet only by their index. */
function layerOf(file: string): string {
  const [top, second] = file.split('/');
  if (top !== 'lib') return top ?? '';
  if (second === 'runtime' || second === 'service' || second === 'handlers' || second === 'rules')
    return second;
  return second !== undefined && ENGINES.includes(second) ? `engine:${second}` : 'lib';
}

function mayImport(from: Source, to: string): boolean {
  const layer = layerOf(from.file);
  const target = layerOf(to);
  if (layer === target || layer === 'bin') return true;
  const plain = target === 'lib' && /^lib\/[^/]+$/.test(to);
  if (layer === 'regions') return to === 'lib/errors';
  if (layer === 'stacks')
    return ['constructs', 'regions'].includes(target) || plainNameOrError(to) || COLUMNS.includes(to);
  if (layer === 'constructs')
    return target === 'regions' || plainNameOrError(to) || to === 'lib/rules' || to === COLUMNS[0];
  if (layer === 'rules') return to === 'lib/errors';
  if (layer === 'lib') return target === 'regions' || target === 'runtime';
  if (layer === 'runtime') return false;
  if (layer === 'service') return target === 'runtime';
  if (layer === 'handlers') return target === 'runtime' || target === 'service';
  // Engines: facts, shared files, the run time's models, and each other by name of the folder alone.
  if (target.startsWith('engine:'))
    return to === `lib/${target.slice(7)}` || to === `lib/${target.slice(7)}/index`;
  return target === 'regions' || target === 'runtime' || plain || to === 'lib/rules';
}

/** What is written and what is declared to Glue is one list of plain data; see docs/decisions/0045. */
const COLUMNS = ['lib/runtime/analytics/columns', 'lib/service/changes/analytics-orders'];

const plainNameOrError = (to: string): boolean => to === 'lib/naming' || to === 'lib/errors';

const isProjectPath = (name: string): boolean =>
  LAYER_FOLDERS.some(folder => name === folder || name.startsWith(`${folder}/`));

const all = sources(...LAYER_FOLDERS);

describe('layers', () => {
  test('an import only goes down', () => {
    const wrong = all.flatMap(source =>
      importsOf(source)
        .filter(name => isProjectPath(name) && !mayImport(source, name))
        .map(name => `${source.file} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('nothing below the composition loads the CDK, and the run time has no barrel', () => {
    const wrong = all
      .filter(source => /^(lib|regions)\//.test(source.file))
      .flatMap(source =>
        importsOf(source)
          .filter(name => /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/.test(name))
          .map(name => `${source.file} -> ${name}`),
      );
    expect(wrong).toEqual([]);
    expect(all.filter(source => /^lib\/(runtime|service|handlers)\/index\.ts$/.test(source.file))).toEqual(
      [],
    );
  });

  test('what stacks share with the run time is plain data that loads nothing', () => {
    const shared = all.filter(({ file }) => COLUMNS.includes(file.replace(/\.ts$/, '')));
    expect(shared).toHaveLength(COLUMNS.length);
    for (const { text } of shared) expect(text).not.toMatch(/^import (?!type )|require\(/m);
  });

  test('engines do not import each other in a circle', () => {
    const edges = new Map<string, Set<string>>();
    for (const source of all.filter(candidate => layerOf(candidate.file).startsWith('engine:'))) {
      const from = layerOf(source.file);
      const targets = edges.get(from) ?? new Set<string>();
      edges.set(from, targets);
      for (const name of importsOf(source).filter(isProjectPath)) {
        const target = layerOf(name);
        if (target.startsWith('engine:') && target !== from) targets.add(target);
      }
    }
    const visit = (node: string, trail: readonly string[]): string[] =>
      trail.includes(node)
        ? [[...trail, node].join(' -> ')]
        : [...(edges.get(node) ?? [])].flatMap(next => visit(next, [...trail, node]));
    expect([...edges.keys()].flatMap(node => visit(node, []))).toEqual([]);
  });

  test('entries stay thin', () => {
    const long = all.filter(source => source.file.startsWith('bin/') && source.text.split('\n').length > 41);
    expect(long.map(source => source.file)).toEqual([]);
  });
});

describe('ports', () => {
  // Adapters own a piece of the outside; everything else is handed its clock, output and randomness.
  const ADAPTER =
    /^(bin|lib\/aws|lib\/lab|lib\/handlers)\/|^constructs\/operations\/canary-script\.ts$|^lib\/clock\.ts$|^lib\/service\/(worker-|payment-)?main\.ts$|^lib\/runtime\/(clock|environment\/(environment|lambda-credentials)|telemetry\/logger)\.ts$/;
  const PURE = all.filter(source => !ADAPTER.test(source.file));

  test.each([
    ['the console', /\bconsole\.\w+\(/],
    ['the wall clock', /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/],
    ['randomness', /\bMath\.random\(/],
    ['the environment', /\bprocess\.env\b/],
  ])('%s is touched only by adapters', (_what, pattern) => {
    expect(PURE.filter(source => pattern.test(source.text)).map(source => source.file)).toEqual([]);
  });
});

describe('shape', () => {
  test('a file fits in a head', () => {
    const long = all.filter(source => source.text.split('\n').length > 251);
    expect(long.map(source => `${source.file}: ${source.text.split('\n').length}`)).toEqual([]);
  });

  test('no partition, account or machine is written into the code', () => {
    const literal = /arn:aws[a-z-]*:[a-z]|amazonaws\.com|\/home\/|\/root\//;
    const wrong = all.filter(
      source => /^(stacks|constructs)\//.test(source.file) && literal.test(source.text),
    );
    expect(wrong.map(source => source.file)).toEqual([]);
  });
});
