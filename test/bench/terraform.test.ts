import { formatTerraform, type TerraformRow, terraformGrowth } from '../../bench/terraform';

const cost = (milliseconds: number) => ({
  wallMilliseconds: milliseconds,
  cpuMilliseconds: milliseconds,
  peakMegabytes: 100,
});
/** Two rounds of each: what a synth costs by the number of Regions. */
const rows = (cdk: (regions: number) => number, terraform: (regions: number) => number): TerraformRow[] =>
  [2, 4, 8, 16].map(regions => ({
    regions,
    costs: {
      cdk: [cost(cdk(regions)), cost(cdk(regions))],
      terraform: [cost(terraform(regions)), cost(terraform(regions))],
    },
  }));

test.each([
  [
    'within both limits',
    rows(
      n => 1000 + n * 100,
      n => 1100 + n * 120,
    ),
    /1\.2; within\n.*1\.25; within$/,
  ],
  [
    'too slow for two Regions',
    rows(
      () => 1000,
      n => 1250 + n * 10,
    ),
    /1\.2; OVER\n.*1\.25; within$/,
  ],
  [
    'not linear',
    rows(
      n => 1000 + n * 100,
      n => 1000 + n * n * 40,
    ),
    /1\.2; within\n.*1\.25; OVER$/,
  ],
])('%s', (_what, measured, expected) => {
  expect(formatTerraform(measured)).toMatch(expected);
});

test('growth needs more than one number of Regions', () => {
  expect(() => terraformGrowth([])).toThrow('growth needs two numbers of Regions');
});
