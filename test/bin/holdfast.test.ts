import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPolicyReport } from '../../constructs/policy/policy-report';
import { COLOURS, LAYERS } from '../../lib/naming';
import orders from '../../regions/examples/orders';

const ROOT = path.join(__dirname, '../..');
const APP = path.join(ROOT, 'dist/bin/holdfast.js');
const CDK = path.join(ROOT, 'node_modules/aws-cdk/bin/cdk');
const LONG = 120_000;

let folder: string;
beforeAll(() => {
  if (!existsSync(APP)) throw new Error(`${APP} is missing; run npm run build first`);
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-app-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Environment without credentials, profile or configuration of whoever runs the tests. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: path.join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_VALIDATION: 'false',
    ...more,
  };
}

/** A program that is the app, and notes each run with the memory it took. */
function observedApp(): { readonly command: string; readonly runs: () => readonly { maxRSS: number }[] } {
  const log = path.join(mkdtempSync(path.join(folder, 'runs-')), 'log');
  const program = path.join(path.dirname(log), 'app.js');
  writeFileSync(
    program,
    `process.on('exit', () => require('fs').appendFileSync(${JSON.stringify(log)},
       JSON.stringify({ maxRSS: process.resourceUsage().maxRSS }) + '\\n'));
     require(${JSON.stringify(APP)});`,
  );
  const runs = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
  return { command: `${process.execPath} ${program}`, runs };
}

function cdk(args: readonly string[], app: string, more: NodeJS.ProcessEnv = {}) {
  const built = ['--app', app, '--build', `${process.execPath} --version`];
  return spawnSync(process.execPath, [CDK, ...args, ...built], {
    cwd: ROOT,
    env: environment(more),
    encoding: 'utf8',
  });
}

/** Runs the app as the CDK CLI would, without the CLI. */
function app(topology: unknown, more: NodeJS.ProcessEnv = {}) {
  const outdir = mkdtempSync(path.join(folder, 'out-'));
  const context = topology === undefined ? {} : { topology };
  const result = spawnSync(process.execPath, [APP], {
    cwd: folder,
    env: environment({ CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), ...more }),
    encoding: 'utf8',
  });
  return { ...result, outdir };
}

const topologyFile = (change: object): string => {
  const file = path.join(mkdtempSync(path.join(folder, 'topology-')), 'topology.json');
  writeFileSync(file, JSON.stringify({ ...orders, ...change }));
  return file;
};

test(
  'cdk list names every stack of every Region, and runs the app once',
  () => {
    const { command, runs } = observedApp();
    const { status, stdout, stderr } = cdk(['list', '--output', path.join(folder, 'listed')], command);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const listed = stdout.split('\n').filter(line => /^us-/.test(line));
    expect(listed.map(line => line.split(' ')[0]).sort()).toEqual(
      ['us-east-2', 'us-west-2'].flatMap(region => LAYERS.map(layer => `${region}/${layer}`)).sort(),
    );
    expect(runs()).toHaveLength(1);
  },
  LONG,
);

test(
  'cdk synth passes with the template validator on, without credentials, in one run of the app',
  () => {
    const { command, runs } = observedApp();
    const output = path.join(folder, 'validated');
    const { status, stdout, stderr } = cdk(['synth', '--quiet', '--output', output], command, {
      CDK_VALIDATION: 'true',
    });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
    expect(runs()).toHaveLength(1);
    expect(readPolicyReport(output).findings).toEqual([]);
  },
  LONG,
);

test('the app takes less than 200 MB with the template validator off', () => {
  // Its time is a benchmark and no test: it depends on what else the machine does.
  const { command, runs } = observedApp();
  const [program = '', file = ''] = command.split(' ');
  const env = environment({ CDK_OUTDIR: path.join(folder, 'measured') });
  expect(spawnSync(program, [file], { cwd: folder, env }).status).toBe(0);
  expect((runs()[0]?.maxRSS ?? Number.POSITIVE_INFINITY) / 1024).toBeLessThan(200);
});

test('the topology is the one that the context names', () => {
  const { status, outdir } = app(topologyFile({ application: 'parcels' }));
  expect(status).toBe(0);
  const assembly = path.join(outdir, 'assembly-us-east-2');
  const service = readdirSync(assembly).find(file => /service.*template\.json$/.test(file)) ?? '';
  const text = readFileSync(path.join(assembly, service), 'utf8');
  for (const colour of COLOURS) expect(text).toContain(`parcels-${colour}`);
  // Names of resources; a flag of the service keeps its own, inside of a text.
  expect(text).not.toMatch(/(?<!\\)"orders-/);
});

test('the account is that of the environment where the topology names none', () => {
  const { status, outdir } = app(topologyFile({ account: undefined }), {
    CDK_DEFAULT_ACCOUNT: '111111111111',
  });
  expect(status).toBe(0);
  const manifest = readFileSync(path.join(outdir, 'assembly-us-east-2/manifest.json'), 'utf8');
  expect(manifest).toContain('aws://111111111111/us-east-2');
});

test.each<[string, () => string, readonly RegExp[]]>([
  ['that is not there', () => path.join(folder, 'none.json'), [/topology file .*none\.json does not exist/]],
  [
    'with several problems, all of which are told',
    () => topologyFile({ application: 'X', register: { kind: 'strong' } }),
    [/application: /, /register/],
  ],
  [
    'over its recovery budget',
    () => topologyFile({ objectives: { rtoSeconds: 60, rpoSeconds: 30 } }),
    [/objectives\.rtoSeconds/, /recovery\./],
  ],
])('a topology %s fails the synth with the reason and no stack trace', (_case, file, told) => {
  const { status, stderr, outdir } = app(file());
  expect(status).toBe(1);
  for (const pattern of told) expect(stderr).toMatch(pattern);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(existsSync(path.join(outdir, 'manifest.json'))).toBe(false);
});
