import { formatRegions, growth, REGION_COUNTS, type RegionsRow } from '../../bench/regions';

/** Rows in which a subject costs `fixed` and then so much a Region. */
function rowsOf(
  each: Readonly<Record<'plain' | 'bare' | 'policy', (regions: number) => number>>,
): RegionsRow[] {
  return REGION_COUNTS.map(regions => {
    const cost = (milliseconds: number) => [
      { wallMilliseconds: milliseconds, cpuMilliseconds: milliseconds, peakMegabytes: milliseconds / 10 },
    ];
    return {
      regions,
      resources: { plain: 150 * regions, bare: 151 * regions, policy: 151 * regions },
      costs: {
        plain: cost(each.plain(regions)),
        bare: cost(each.bare(regions)),
        policy: cost(each.policy(regions)),
      },
    };
  });
}

const linear = rowsOf({
  plain: regions => 1000 + 100 * regions,
  bare: regions => 1100 + 110 * regions,
  policy: regions => 1500 + 200 * regions,
});

test('a cost that grows with the Regions alone has a growth of 1, whatever an empty app costs', () => {
  for (const subject of ['plain', 'bare', 'policy'] as const) {
    expect(growth(linear, subject)).toBeCloseTo(1);
  }
  expect(() => growth([], 'plain')).toThrow(/two numbers/);
});

test('the section shows every number of Regions, both ratios, and that the limits are kept', () => {
  const text = formatRegions(linear);
  for (const regions of REGION_COUNTS)
    expect(text).toMatch(new RegExp(`^\\| ${regions} +\\| bare / plain +\\| 1.10`, 'm'));
  expect(text).toMatch(/1\.15; within/);
  expect(text).toMatch(/memory: 2; within/);
  expect(text).toMatch(/limit 1\.25; within$/);
});

test.each([
  ['dear', { bare: (regions: number) => 1300 + 130 * regions }, /1\.15; OVER/],
  ['dear with policy', { policy: (regions: number) => 3000 + 300 * regions }, /memory: 2; OVER/],
  ['quadratic', { bare: (regions: number) => 1000 + 5 * regions ** 2 }, /limit 1\.25; OVER$/],
])('a %s blueprint is over the limit', (_what, change, expected) => {
  const rows = rowsOf({
    plain: regions => 1000 + 100 * regions,
    bare: regions => 1000 + 100 * regions,
    policy: regions => 1500 + 150 * regions,
    ...change,
  });
  expect(formatRegions(rows)).toMatch(expected);
});
