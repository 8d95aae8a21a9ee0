import path from 'node:path';
import { cdkEnvironment, nodeOptions } from './cdk-environment';
import { type Cost, measure } from './measure';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';

const SUBJECTS = ['cdk', 'terraform'] as const;
type Subject = (typeof SUBJECTS)[number];

/** Numbers of Regions that are synthesized: the first is what is limited, all together what must be linear. */
const REGION_COUNTS = [2, 4, 8, 16] as const;
/** Most that a synth for Terraform may cost against one for the CDK, of the same two Regions. */
const LIMIT = 1.2;
/** Most by which a Region may cost more among sixteen than among two. */
const LINEAR = 1.25;

/** What the app processes of one number of Regions cost. */
export interface TerraformRow {
  readonly regions: number;
  readonly costs: Readonly<Record<Subject, readonly Cost[]>>;
}

/** Measures the Terraform app beside the CDK's, for 2 to 16 Regions, and returns the section as text. */
export async function benchTerraform(root: string, rounds: number): Promise<string> {
  const rows: TerraformRow[] = [];
  for (const regions of REGION_COUNTS) rows.push(await measureRow(root, regions, rounds));
  return formatTerraform(rows);
}

async function measureRow(root: string, regions: number, rounds: number): Promise<TerraformRow> {
  const run = (name: Subject) => () =>
    measure(
      {
        script: path.join(root, 'dist', 'bench', 'terraform-app.js'),
        nodeOptions: nodeOptions(root),
        environment: {
          ...cdkEnvironment(root),
          HOLDFAST_BENCH_PAIRS: String(regions / 2),
          HOLDFAST_BENCH_SUBJECT: name,
        },
      },
      path.join(root, 'dist', 'bench', 'usage-hook.js'),
    );
  return { regions, costs: await interleave({ cdk: run('cdk'), terraform: run('terraform') }, rounds) };
}

const FIELDS = ['wallMilliseconds', 'cpuMilliseconds', 'peakMegabytes'] as const;
type Field = (typeof FIELDS)[number];

const figures = (row: TerraformRow, subject: Subject, field: Field): readonly number[] =>
  row.costs[subject].map(cost => cost[field]);

/** What a further Region costs among the last ones, against the first: the slopes of CPU time. */
export function terraformGrowth(rows: readonly TerraformRow[]): number {
  const slope = (from: TerraformRow | undefined, to: TerraformRow | undefined): number => {
    if (from === undefined || to === undefined) throw new RangeError('growth needs two numbers of Regions');
    const cost = (row: TerraformRow) => median(figures(row, 'terraform', 'cpuMilliseconds'));
    return (cost(to) - cost(from)) / (to.regions - from.regions);
  };
  return slope(rows.at(-2), rows.at(-1)) / slope(rows[0], rows[1]);
}

/** The measured costs as a table, and the verdict on both limits. */
export function formatTerraform(rows: readonly TerraformRow[]): string {
  const ratio = (row: TerraformRow, field: Field): number =>
    pairedRatio(figures(row, 'terraform', field), figures(row, 'cdk', field));
  const table = rows.map(row => [
    String(row.regions),
    ...SUBJECTS.map(subject => seconds(median(figures(row, subject, 'wallMilliseconds')))),
    ratio(row, 'wallMilliseconds').toFixed(2),
    ratio(row, 'cpuMilliseconds').toFixed(2),
    ratio(row, 'peakMegabytes').toFixed(2),
  ]);
  const [two] = rows;
  const verdict = (good: boolean) => (good ? 'within' : 'OVER');
  const wall = two === undefined ? Number.NaN : ratio(two, 'wallMilliseconds');
  const growth = terraformGrowth(rows);
  return [
    `synth for Terraform beside the CDK's, policy packs on, n = ${two?.costs.cdk.length ?? 0} each in turn, medians:`,
    markdownTable(['Regions', 'CDK, wall', 'Terraform, wall', 'ratio', 'CPU', 'peak RSS'], table),
    '',
    `limit of two Regions, wall: ${LIMIT}; ${verdict(wall <= LIMIT)}`,
    `CPU of a further Region among the last against the first ones: ${growth.toFixed(2)}; limit ${LINEAR}; ${verdict(growth <= LINEAR)}`,
  ].join('\n');
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
