// Two builds at a time in a lab under load. HOLDFAST_PROVE=1 also releases twenty times in a row, every third one bad.
import type { BuildFault } from '../../lib/lab';
import { HOST, healthy, status, underLoad } from './lab';
import {
  clones,
  ended,
  REGIONS,
  type Released,
  settle,
  startRelease,
  touchStack,
  worstSecond,
} from './releases';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const RATE = 30;
/** Percent of the first step of a canary, and what a second of few requests may show beyond it. */
const CANARY = 10;
const TOLERANCE = 8;

jest.setTimeout(PROVE ? 1_200_000 : 120_000);

let active = '';

beforeAll(async () => {
  await healthy();
  await settle();
  active = (await status()).register?.record.region ?? '';
});

/** Releases a build under load; what clients saw is told with it. */
async function releaseUnderLoad(fault: BuildFault, ...args: readonly string[]) {
  let released: Released | undefined;
  const load = await underLoad(RATE, async () => {
    released = await ended(startRelease('--fault', fault, '--bake-minutes', '0', ...args));
  });
  if (released === undefined) throw new Error(`no release at ${HOST}`);
  return { released, load };
}

/** All writes that were acknowledged are there, once. */
const nothingLost = { lost: 0, duplicateEffects: 0, unfulfilled: 0 };

test('a good build is released in four steps, standby first, without a failed request; a deploy in its middle does no harm', async () => {
  let released: Released | undefined;
  const load = await underLoad(RATE, async () => {
    const cli = startRelease(
      '--fault',
      'none',
      '--strategy',
      'linear',
      '--step-minutes',
      '0',
      '--bake-minutes',
      '0',
    );
    await cli.saw(`weights of ${active}: blue 50, green 50`);
    await touchStack(active);
    released = await ended(cli);
  });
  expect(released).toMatchObject({ exitCode: 0, stage: 'done' });
  expect(released?.regions.map(({ region }) => region)).toEqual([
    REGIONS.find(region => region !== active),
    active,
  ]);
  expect(load).toMatchObject({ failed: 0, ...nothingLost });
  process.stderr.write(
    `release: four steps in two Regions, ${released?.seconds.toFixed(1)} s with a deploy in between, ${released?.peakMegabytes.toFixed(0)} MB, 0 of ${load.total} requests failed\n`,
  );
  for (const region of REGIONS) {
    expect((await clones(region, 'green')).healthy).toBeGreaterThanOrEqual(2);
    expect((await clones(region, 'blue')).all).toBe(0);
  }
});

test('a build that fails at whatever it is asked goes back in the standby: no client sees it', async () => {
  const { released, load } = await releaseUnderLoad('errors');
  expect(released).toMatchObject({ exitCode: 2, stage: 'rolled-back' });
  expect(released.reason).toMatch(/% of the requests fail/);
  expect(released.notes.some(({ text }) => text.includes(active))).toBe(false);
  expect(load).toMatchObject({ failed: 0, ...nothingLost });
});

if (PROVE) {
  // Open: going from green back to blue, the standby waits a minute and more for metrics that prove its first step, and this runs
  // out of time (docs/release.md). By hand, from blue to green, it went back after 2.2 s.
  test('a build that fails only what clients ask for goes back in the active Region, with its canary share harmed', async () => {
    const { released, load } = await releaseUnderLoad('orders');
    expect(released).toMatchObject({ exitCode: 2, stage: 'rolled-back' });
    expect(released.reason).toContain(active);
    expect(load).toMatchObject(nothingLost);
    expect(load.failed).toBeGreaterThan(0);
    expect(worstSecond(load)).toBeLessThanOrEqual(CANARY + TOLERANCE);
    for (const region of REGIONS) expect((await clones(region, 'blue')).all).toBe(0);
  });

  test.each(['latency', 'crash', 'health'] as const)('a build with %s goes back', async fault => {
    const { released, load } = await releaseUnderLoad(fault);
    expect(released).toMatchObject({ exitCode: 2, stage: 'rolled-back' });
    expect(load).toMatchObject(nothingLost);
    process.stderr.write(`release: ${fault}: ${released.reason}; ${load.failed} of ${load.total} failed\n`);
  });

  test('twenty releases in a row, every third one bad', async () => {
    const faults = ['orders', 'errors', 'crash', 'latency', 'health'] as const;
    const lines: string[] = [];
    for (let round = 1; round <= 20; round += 1) {
      const isBad = round % 3 === 0;
      const fault = isBad ? (faults[(round / 3) % faults.length] ?? 'errors') : 'none';
      const steps = ['--strategy', 'canary', '--step-minutes', '0'];
      const { released, load } = await releaseUnderLoad(fault, ...steps);
      const { stage, reason, seconds, peakMegabytes } = released;
      const line = `${round} ${fault}: ${stage} in ${seconds.toFixed(1)} s, ${load.failed} of ${load.total} failed, ${peakMegabytes.toFixed(0)} MB${reason === undefined ? '' : `; ${reason}`}`;
      lines.push(line);
      process.stderr.write(`release ${line}\n`);
      expect({ line, stage }).toEqual({ line, stage: isBad ? 'rolled-back' : 'done' });
      if (!isBad) expect({ line, failed: load.failed }).toEqual({ line, failed: 0 });
      else expect(worstSecond(load)).toBeLessThanOrEqual(CANARY + TOLERANCE);
      expect({ line, ...load }).toMatchObject({ line, ...nothingLost });
    }
    expect(lines).toHaveLength(20);
  });
}
