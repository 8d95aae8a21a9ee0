import path from 'node:path';
import { cdkEnvironment, countResources, nodeOptions } from './cdk-environment';
import { type Cost, measure } from './measure';
import { interleave, median, pairedRatio } from './statistics';
import { templatesBelow } from './synth';
import { markdownTable } from './table';

/** Numbers of Regions that are synthesized. */
export const REGION_COUNTS = [2, 4, 8, 16] as const;
/** `plain`: CDK's own constructs; `bare`: the blueprint; `policy`: the blueprint with all policy packs. */
const SUBJECTS = ['plain', 'bare', 'policy'] as const;
type Subject = (typeof SUBJECTS)[number];

/** What the app processes of one number of Regions cost, and how many resources each has. */
export interface RegionsRow {
  readonly regions: number;
  readonly resources: Readonly<Record<Subject, number>>;
  readonly costs: Readonly<Record<Subject, readonly Cost[]>>;
}

/** Most that the blueprint may cost against the plain app, and with all packs against without. */
const LIMITS = { plain: 1.15, policy: 2 } as const;
/** Most by which a Region may cost more among sixteen than among two. */
const LINEAR = 1.25;

/** Measures 2, 4, 8 and 16 Regions, the three subjects side by side, and returns the section as text. */
export async function benchRegions(root: string, rounds: number): Promise<string> {
  const rows: RegionsRow[] = [];
  for (const regions of REGION_COUNTS) rows.push(await measureRegions(root, regions, rounds));
  return formatRegions(rows);
}

async function measureRegions(root: string, regions: number, rounds: number): Promise<RegionsRow> {
  const resources: Record<Subject, number> = { plain: 0, bare: 0, policy: 0 };
  const run = (name: Subject) => () =>
    measure(
      {
        script: path.join(root, 'dist', 'bench', 'regions-app.js'),
        nodeOptions: nodeOptions(root),
        environment: {
          ...cdkEnvironment(root),
          HOLDFAST_BENCH_PAIRS: String(regions / 2),
          HOLDFAST_BENCH_SUBJECT: name,
        },
      },
      path.join(root, 'dist', 'bench', 'usage-hook.js'),
      folder => {
        resources[name] = countResources(templatesBelow(folder));
      },
    );
  const costs = await interleave({ plain: run('plain'), bare: run('bare'), policy: run('policy') }, rounds);
  return { regions, resources, costs };
}

const FIELDS = ['wallMilliseconds', 'cpuMilliseconds', 'peakMegabytes'] as const;
type Field = (typeof FIELDS)[number];

const figures = (row: RegionsRow, subject: Subject, field: Field): readonly number[] =>
  row.costs[subject].map(cost => cost[field]);
const ratio = (row: RegionsRow, subject: Subject, baseline: Subject, field: Field): number =>
  pairedRatio(figures(row, subject, field), figures(row, baseline, field));

/**
 * What the last Regions cost each, against the first ones: the slope between the two largest numbers of Regions over
 * the slope between the two smallest, in CPU time. What an app costs with no Region at all is in neither.
 */
export function growth(rows: readonly RegionsRow[], subject: Subject): number {
  const slope = (from: RegionsRow | undefined, to: RegionsRow | undefined): number => {
    if (from === undefined || to === undefined) throw new RangeError('growth needs two numbers of Regions');
    const cost = (row: RegionsRow) => median(figures(row, subject, 'cpuMilliseconds'));
    return (cost(to) - cost(from)) / (to.regions - from.regions);
  };
  return slope(rows.at(-2), rows.at(-1)) / slope(rows[0], rows[1]);
}

/** The measured costs as tables: absolute, as ratios, and the growth with the number of Regions. */
export function formatRegions(rows: readonly RegionsRow[]): string {
  const absolute = rows.flatMap(row =>
    SUBJECTS.map(subject => [
      String(row.regions),
      subject,
      String(row.resources[subject]),
      ...FIELDS.map(field => absoluteText(field, median(figures(row, subject, field)))),
    ]),
  );
  const ratios = rows.flatMap(row => [
    [
      String(row.regions),
      'bare / plain',
      ...FIELDS.map(field => ratio(row, 'bare', 'plain', field).toFixed(2)),
    ],
    [
      String(row.regions),
      'policy / bare',
      ...FIELDS.map(field => ratio(row, 'policy', 'bare', field).toFixed(2)),
    ],
  ]);
  const rising = SUBJECTS.map(subject => `${subject} ${growth(rows, subject).toFixed(2)}`).join(', ');
  const verdict = (good: boolean) => (good ? 'within' : 'OVER');
  const every = (subject: Subject, baseline: Subject, limit: number) =>
    verdict(
      rows.every(row =>
        (['wallMilliseconds', 'peakMegabytes'] as const).every(
          field => ratio(row, subject, baseline, field) <= limit,
        ),
      ),
    );
  return [
    `synth of many Regions, n = ${rows[0]?.costs.plain.length ?? 0} each in turn, medians:`,
    markdownTable(['Regions', 'app process', 'resources', 'wall', 'CPU', 'peak RSS'], absolute),
    '',
    markdownTable(['Regions', 'ratio', 'wall', 'CPU', 'peak RSS'], ratios),
    '',
    `limit of bare / plain, wall and memory: ${LIMITS.plain}; ${every('bare', 'plain', LIMITS.plain)}`,
    `limit of policy / bare, wall and memory: ${LIMITS.policy}; ${every('policy', 'bare', LIMITS.policy)}`,
    `CPU of a further Region among the last against the first ones: ${rising}; limit ${LINEAR}; ${verdict(growth(rows, 'bare') <= LINEAR)}`,
  ].join('\n');
}

const absoluteText = (field: Field, value: number): string =>
  field === 'peakMegabytes' ? `${value.toFixed(0)} MB` : `${(value / 1000).toFixed(2)} s`;
