import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { compareTemplateFiles } from '../../lib/drift/sources/templates';
import { type Cost, measure } from '../measure';
import { interleave, median, pairedRatio } from '../statistics';
import { markdownTable } from '../table';
import { benchPlan } from './plan';
import { RESOURCES, STACKS, stackName, writeStacks } from './templates';

/** What is promised: times cheaper than the CLI, seconds, megabytes, milliseconds for an unchanged stack. */
const LIMITS = { times: 8, seconds: 2.5, megabytes: 400, unchangedMilliseconds: 5 } as const;

/**
 * `holdfast drift` over 16 stacks of 500 resources, in three formats, beside `cdk diff --template` run for each of
 * them (which needs neither network nor credentials), and beside the CDK's library over all of them in one process.
 */
export async function benchDrift(root: string, rounds: number): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-drift-'));
  try {
    for (const part of ['old', 'new']) mkdirSync(path.join(folder, part));
    writeStacks(folder, schemaVersion(root));
    const costs = await interleave(
      {
        ours: () => ours(root, folder, 'ours'),
        cli: () => everyStack(root, folder),
        library: () => ours(root, folder, 'library'),
      },
      rounds,
    );
    return [format(costs, unchangedMilliseconds(folder), rounds), await benchPlan(root, rounds)].join('\n\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hook = (root: string): string => path.join(root, 'dist', 'bench', 'usage-hook.js');

function ours(root: string, folder: string, name: 'ours' | 'library'): Promise<Cost> {
  const script = path.join(root, 'dist', 'bench', 'drift', `${name}.js`);
  return measure({ script, environment: { HOLDFAST_BENCH_STACKS: folder } }, hook(root));
}

/** The CLI once a stack, one after the other: sums of time, and the most memory of any. */
async function everyStack(root: string, folder: string): Promise<Cost> {
  const costs: Cost[] = [];
  for (let stack = 0; stack < STACKS; stack += 1) {
    const name = stackName(stack);
    const words = ['diff', name, '--app', path.join(folder, 'new')];
    const subject = {
      script: path.join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
      arguments: [...words, '--template', path.join(folder, 'old', `${name}.json`), '--no-color'],
      // Away from this project: its cdk.json has a build command, which the CLI would run each time.
      folder,
      // Without these it looks for credentials and for notices, which would be time spent on the network.
      environment: { AWS_EC2_METADATA_DISABLED: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' },
    };
    costs.push(await measure({ ...subject, arguments: [...subject.arguments, '--no-notices'] }, hook(root)));
  }
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    wallMilliseconds: sum(cost => cost.wallMilliseconds),
    cpuMilliseconds: sum(cost => cost.cpuMilliseconds),
    peakMegabytes: Math.max(...costs.map(cost => cost.peakMegabytes)),
  };
}

/** Version of the assembly's manifest that the CLI of this project reads. */
function schemaVersion(root: string): string {
  const file = path.join(root, 'node_modules', '@aws-cdk', 'cloud-assembly-schema', 'schema', 'version.json');
  const { revision } = JSON.parse(readFileSync(file, 'utf8')) as { revision: number };
  return `${revision}.0.0`;
}

/** Reading and comparing one stack in which nothing but the form of the text has changed: the median of a hundred, warm. */
function unchangedMilliseconds(folder: string): number {
  const file = path.join(folder, 'old', `${stackName(0)}.json`);
  const other = path.join(folder, 'other-form.json');
  writeFileSync(other, JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), null, 1));
  const place = { region: '-', stack: 'a' };
  const times = Array.from({ length: 110 }, () => {
    const start = performance.now();
    const { changes } = compareTemplateFiles(file, other, place);
    if (changes.length > 0) throw new Error('an unchanged stack has changes');
    return performance.now() - start;
  });
  return median(times.slice(10));
}

function format(
  costs: Readonly<Record<'ours' | 'cli' | 'library', readonly Cost[]>>,
  unchanged: number,
  rounds: number,
): string {
  const of = (name: keyof typeof costs, field: keyof Cost) => costs[name].map(cost => cost[field]);
  const row = (title: string, name: keyof typeof costs): string[] => {
    const times = (field: 'wallMilliseconds' | 'cpuMilliseconds') =>
      name === 'ours' ? '' : `${pairedRatio(of(name, field), of('ours', field)).toFixed(1)} x`;
    return [
      title,
      `${(median(of(name, 'wallMilliseconds')) / 1000).toFixed(2)} s`,
      `${(median(of(name, 'cpuMilliseconds')) / 1000).toFixed(2)} s`,
      `${median(of(name, 'peakMegabytes')).toFixed(0)} MB`,
      times('wallMilliseconds'),
      times('cpuMilliseconds'),
    ];
  };
  return [
    `Drift: ${STACKS} stacks of ${RESOURCES} resources, n = ${rounds}`,
    '',
    markdownTable(
      ['process', 'wall', 'CPU', 'peak RSS', 'dearer, wall', 'dearer, CPU'],
      [
        row('holdfast drift: Markdown, SARIF and HTML', 'ours'),
        row('cdk diff --template, a process a stack', 'cli'),
        row("the CDK's library, one process, text only", 'library'),
      ],
    ),
    '',
    `Limits: ${LIMITS.times} x against cdk diff, ${LIMITS.seconds} s, ${LIMITS.megabytes} MB.`,
    `An unchanged stack, read and compared, warm: ${unchanged.toFixed(2)} ms (limit ${LIMITS.unchangedMilliseconds} ms).`,
  ].join('\n');
}
