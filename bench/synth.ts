import { readdirSync } from 'node:fs';
import path from 'node:path';
import { cdkEnvironment, countResources, nodeOptions } from './cdk-environment';
import { type Cost, measure } from './measure';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';

/** What is synthesized: each a process of its own, run in turn. */
const SUBJECTS = {
  plain: { title: 'plain CDK app', script: 'bench/plain/app.js' },
  bare: { title: 'blueprint without policy', script: 'bench/blueprint-without-policy.js' },
  blueprint: { title: 'blueprint (`cdk synth`)', script: 'bin/holdfast.js' },
} as const;
type Name = keyof typeof SUBJECTS;
const NAMES = Object.keys(SUBJECTS) as Name[];

/** Limits of the app process, template validation off: wall milliseconds and MB. */
const LIMITS = { wallMilliseconds: 1500, peakMegabytes: 200 } as const;

/** Measures the app processes side by side and returns the section as text. */
export async function benchSynth(root: string, rounds: number): Promise<string> {
  const start = { environment: cdkEnvironment(root), nodeOptions: nodeOptions(root) };
  const hook = path.join(root, 'dist', 'bench', 'usage-hook.js');
  const resources: Record<string, number> = {};
  const runs = Object.fromEntries(
    NAMES.map(name => [
      name,
      () =>
        measure({ script: path.join(root, 'dist', SUBJECTS[name].script), ...start }, hook, folder => {
          resources[name] = countResources(templatesBelow(folder));
        }),
    ]),
  ) as Record<Name, () => Promise<Cost>>;
  return formatSynth(await interleave(runs, rounds), resources);
}

/** The measured costs as two tables: absolute, then as ratios of neighbouring runs. */
export function formatSynth(
  costs: Readonly<Record<Name, readonly Cost[]>>,
  resources: Readonly<Record<string, number>>,
): string {
  const figure = (name: Name, field: keyof Cost): number => median(costs[name].map(cost => cost[field]));
  const absolute = NAMES.map(name => [
    SUBJECTS[name].title,
    `${resources[name] ?? 0}`,
    seconds(figure(name, 'wallMilliseconds')),
    seconds(figure(name, 'cpuMilliseconds')),
    `${figure(name, 'peakMegabytes').toFixed(0)} MB`,
  ]);
  const ratios = (
    [
      ['blueprint without policy / plain', 'bare', 'plain'],
      ['blueprint / blueprint without policy', 'blueprint', 'bare'],
      ['blueprint / plain', 'blueprint', 'plain'],
    ] as const
  ).map(([title, name, baseline]) => [
    title,
    ...(['wallMilliseconds', 'cpuMilliseconds', 'peakMegabytes'] as const).map(field =>
      pairedRatio(
        costs[name].map(cost => cost[field]),
        costs[baseline].map(cost => cost[field]),
      ).toFixed(2),
    ),
  ]);
  const wall = figure('blueprint', 'wallMilliseconds');
  const peak = figure('blueprint', 'peakMegabytes');
  const verdict = wall < LIMITS.wallMilliseconds && peak < LIMITS.peakMegabytes ? 'within' : 'OVER';
  return [
    `synth of two Regions, n = ${costs.blueprint.length} each in turn, medians:`,
    markdownTable(['app process', 'resources', 'wall', 'CPU', 'peak RSS'], absolute),
    '',
    markdownTable(['ratio', 'wall', 'CPU', 'peak RSS'], ratios),
    '',
    `limit of the app process: ${seconds(LIMITS.wallMilliseconds)} and ${LIMITS.peakMegabytes} MB; ${verdict}`,
  ].join('\n');
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** Paths of the templates in an assembly and its nested ones. */
export function templatesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.template.json'))
    .map(name => path.join(folder, name));
}
