import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cdkEnvironment } from '../../bench/cdk-environment';
import { measure } from '../../bench/measure';
import { templatesBelow } from '../../bench/synth';
import { ROOT } from '../helpers/sources';

const BENCH = path.join(ROOT, 'dist', 'bench');
/** Resources of one type that the two apps may be apart. */
const LOOSE_RESOURCES = 4;

/** What the templates of an app hold, as compiled by `npm run build`: resources of each type, and their text. */
interface Contents {
  readonly types: Readonly<Record<string, number>>;
  readonly bytes: number;
}

async function contentsOf(script: string): Promise<Contents> {
  const types: Record<string, number> = {};
  let bytes = 0;
  const cost = await measure(
    { script: path.join(BENCH, script), environment: cdkEnvironment(ROOT) },
    path.join(BENCH, 'usage-hook.js'),
    folder => {
      for (const file of templatesBelow(folder)) {
        const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as {
          readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
        };
        for (const { Type } of Object.values(Resources)) types[Type] = (types[Type] ?? 0) + 1;
        bytes += JSON.stringify(Resources).length;
      }
    },
  );
  expect(cost.peakMegabytes).toBeGreaterThan(50);
  expect(cost.cpuMilliseconds).toBeGreaterThan(100);
  return { types, bytes };
}

const total = ({ types }: Contents) => Object.values(types).reduce((sum, count) => sum + count, 0);

test('the plain app is of the blueprint’s size, type by type, so that the ratio says something', async () => {
  if (!existsSync(BENCH)) throw new Error(`${BENCH} is missing; run npm run build first`);
  const plain = await contentsOf('plain/app.js');
  const blueprint = await contentsOf('blueprint-without-policy.js');
  expect(total(blueprint)).toBeGreaterThan(200);
  expect(Math.abs(total(plain) / total(blueprint) - 1)).toBeLessThan(0.1);
  const names = new Set([...Object.keys(plain.types), ...Object.keys(blueprint.types)]);
  const apart = [...names].filter(
    type => Math.abs((plain.types[type] ?? 0) - (blueprint.types[type] ?? 0)) > LOOSE_RESOURCES,
  );
  // Ours splits policies, so that what is acknowledged of one covers no other.
  expect(apart).toEqual(['AWS::IAM::Policy']);
  // Never more text than the blueprint: the plain app is not made heavy to look slow.
  expect(plain.bytes / blueprint.bytes).toBeGreaterThan(0.65);
  expect(plain.bytes / blueprint.bytes).toBeLessThan(1);
}, 60_000);

test('a run that fails gives no figure', async () => {
  const hook = path.join(BENCH, 'usage-hook.js');
  await expect(measure({ script: path.join(BENCH, 'never.js') }, hook)).rejects.toThrow(/ended with 1/);
});
