import { existsSync } from 'node:fs';
import path from 'node:path';
import { cdkEnvironment, countResources } from '../../bench/cdk-environment';
import { measure } from '../../bench/measure';
import { templatesBelow } from '../../bench/synth';
import { ROOT } from '../helpers/sources';

const BENCH = path.join(ROOT, 'dist', 'bench');

/** Resources in each Region of an app as compiled by `npm run build`. */
async function resourcesByRegion(script: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const cost = await measure(
    { script: path.join(BENCH, script), environment: cdkEnvironment(ROOT) },
    path.join(BENCH, 'usage-hook.js'),
    folder => {
      for (const region of ['us-east-2', 'us-west-2']) {
        counts[region] = countResources(templatesBelow(folder).filter(file => file.includes(region)));
      }
    },
  );
  expect(cost.peakMegabytes).toBeGreaterThan(50);
  expect(cost.cpuMilliseconds).toBeGreaterThan(100);
  return counts;
}

test('the plain app is of the blueprint’s size in each Region, so that the ratio says something', async () => {
  if (!existsSync(BENCH)) throw new Error(`${BENCH} is missing; run npm run build first`);
  const plain = await resourcesByRegion('plain/app.js');
  const blueprint = await resourcesByRegion('blueprint-without-policy.js');
  for (const [region, count] of Object.entries(blueprint)) {
    expect(count).toBeGreaterThan(100);
    expect(Math.abs((plain[region] ?? 0) / count - 1)).toBeLessThan(0.1);
  }
}, 60_000);

test('a run that fails gives no figure', async () => {
  const hook = path.join(BENCH, 'usage-hook.js');
  await expect(measure({ script: path.join(BENCH, 'never.js') }, hook)).rejects.toThrow(/ended with 1/);
});
