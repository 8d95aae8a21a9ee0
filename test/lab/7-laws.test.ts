import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readAssembly } from '../../lib/lab/deploy';
import orders from '../../regions/examples/orders';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { connect, eventually, healthy, order, resolved, SEED, STANDBY, status } from './lab';
import {
  assemblyOf,
  blueGroup,
  type Change,
  deploy,
  deployedFacts,
  serviceStackStatus,
  setMinimum,
} from './laws';

/** Class of instances, parameter group (the bound on the RPO), launch template and a tag: each in one deploy. */
const CHANGE: Change = {
  topology: {
    database: { ...orders.database, instanceClass: 'db.r7g.xlarge', rpoBasis: 'bounded' },
    capacity: { ...orders.capacity, instanceType: 'm7i.xlarge' },
  },
  release: '2',
};
/** A floor that no template holds. */
const FLOOR = 3;
const KEY = `before-the-laws-${process.pid}`;
const REGIONS = [STANDBY, SEED];

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-laws-'));
let moved: Awaited<ReturnType<typeof status>>['register'];

beforeAll(async () => {
  await healthy();
  const active = (await status()).register?.record.region ?? '';
  expect((await order(active, KEY)).status).toBe(201);
  if (active !== STANDBY) {
    const { exitCode, stderr } = await runCli(['drill', 'switchover', '--to', STANDBY, '--rate', '0']);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    await healthy();
  }
  moved = (await status()).register;
  expect(moved?.record).toMatchObject({ phase: 'active', region: STANDBY });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The drill's work stands: register, roles and DNS as it left them, and the data is served. */
async function expectUntouched(): Promise<void> {
  await healthy();
  const now = await status();
  expect(now.register?.record).toEqual(moved?.record);
  expect(now.regions.map(({ region, database }) => [region, database.role])).toEqual([
    [SEED, 'replica'],
    [STANDBY, 'writer'],
  ]);
  expect(await resolved()).toEqual([connect().addresses[STANDBY]]);
  const replay = await eventually('the replay', async () => {
    const answer = await order(STANDBY, KEY);
    return answer.status === 201 && answer;
  });
  expect(replay.headers.get('idempotent-replay')).toBe('true');
  expect((await order(SEED)).status).toBe(503);
}

test('law 1: after a switchover, a deploy of both Regions as they were born updates no stack', async () => {
  expect(await deploy(path.join(ROOT, 'cdk.out'))).toEqual([]);
  await expectUntouched();
});

test('the changed app differs in tags, a parameter group, instance classes and launch templates', () => {
  for (const region of REGIONS) {
    const changed = readAssembly(assemblyOf(path.join(folder, region), region, CHANGE));
    expect(changed.map(stack => stack.region)).toEqual(Array(6).fill(region));
    const before = readAssembly(path.join(ROOT, 'cdk.out'));
    const types = changed.flatMap(({ id, template }) =>
      typesThatDiffer(before.find(stack => stack.id === id)?.template ?? '', template),
    );
    const expected = ['RDS::DBClusterParameterGroup', 'RDS::DBInstance', 'EC2::LaunchTemplate', 'EC2::VPC'];
    expect(types).toEqual(expect.arrayContaining(expected.map(type => `AWS::${type}`)));
  }
});

test('laws 1 and 3: each Region takes the change while the other’s assembly is deleted, and the drill’s work stands; law 4: a raised floor stays, as the lab models IgnoreUnmodifiedGroupSizeProperties', async () => {
  for (const region of REGIONS) {
    await setMinimum(region, FLOOR);
    const updated = await deploy(path.join(folder, region));
    expect(updated).toEqual(expect.arrayContaining([`${region}/orders-data`, `${region}/orders-service`]));
    expect(updated.filter(name => !name.startsWith(`${region}/`))).toEqual([]);
    expect(await deployedFacts(region)).toEqual({
      classes: ['db.r7g.xlarge'],
      type: 'm7i.xlarge',
      release: '2',
    });
    expect((await blueGroup(region))?.MinSize).toBe(FLOOR);
  }
  await expectUntouched();
});

test('law 4: nor does a deploy that fails and is rolled back lower the floor of the active Region', async () => {
  const assembly = assemblyOf(path.join(folder, 'failing'), STANDBY, { ...CHANGE, failsIn: STANDBY });
  await expect(deploy(assembly)).rejects.toThrow(/Fails[\s\S]*global cluster none not found/);
  expect(await serviceStackStatus(STANDBY)).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await blueGroup(STANDBY))?.MinSize).toBe(FLOOR);
  await expectUntouched();
});

/** Types of resources that differ between two templates. */
function typesThatDiffer(before: string, after: string): readonly string[] {
  const [old, now] = [before, after].map(
    file => JSON.parse(readFileSync(file, 'utf8')).Resources as Record<string, { Type: string }>,
  );
  return Object.entries(now ?? {})
    .filter(([id, resource]) => JSON.stringify(old?.[id]) !== JSON.stringify(resource))
    .map(([, { Type }]) => Type);
}
