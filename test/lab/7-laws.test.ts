import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readAssembly } from '../../lib/lab/deploy';
import orders from '../../regions/examples/orders';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { connect, eventually, healthy, order, resolved, SEED, STANDBY, status } from './lab';
import {
  CALLER,
  type Change,
  deploy,
  deployedFacts,
  type LiveValues,
  lastPutRight,
  liveValues,
  partOf,
  serviceStackStatus,
  storedWeights,
  storeLive,
  synthesize,
} from './laws';

/** Class of instances, parameter group (the bound on the RPO), launch template and a tag: each in one deploy. */
const CHANGE: Change = {
  topology: {
    database: { ...orders.database, instanceClass: 'db.r7g.xlarge', rpoBasis: 'bounded' },
    capacity: { ...orders.capacity, instanceType: 'm7i.xlarge' },
  },
  release: '2',
};
/** A shift in its middle, and floors: no template holds any of these values. */
const LIVE: LiveValues = { weights: { blue: 3, green: 1 }, floors: { blue: 3, green: 1 } };
const KEY = `before-the-laws-${process.pid}`;
const REGIONS = [STANDBY, SEED];

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-laws-'));
let moved: Awaited<ReturnType<typeof status>>['register'];
let born: readonly Awaited<ReturnType<typeof storedWeights>>[];

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
  born = await Promise.all(REGIONS.map(storedWeights));
  await Promise.all(REGIONS.map(region => storeLive(region, LIVE)));
  await Promise.all(REGIONS.map(region => haveLiveValues(region)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Waits until listener and groups of a Region have the stored values. */
const haveLiveValues = (region: string) =>
  eventually(`the stored values in ${region}`, async () => isDeepStrictEqual(await liveValues(region), LIVE));

/** A deploy has reset the weights, and the controller has put them right. */
async function expectPutRight(region: string, since: number): Promise<void> {
  await eventually(`the controller of ${region}`, async () => (await lastPutRight(region)) > since);
  await haveLiveValues(region);
}

/** The drill's work stands: register, roles and DNS as it left them, and the data is served. */
async function expectUntouched(): Promise<void> {
  await healthy();
  const now = await status();
  expect(now.register?.record).toEqual(moved?.record);
  expect(now.regions.map(({ region, database }) => [region, database?.role])).toEqual([
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

test('law 4: a first deploy into an empty Region: the weights were stored once, as the template has them', () => {
  expect(born).toEqual(REGIONS.map(() => ({ weights: { blue: 100, green: 0 }, version: 1 })));
});

test('laws 1 and 4: after a switchover and in the middle of a shift, a deploy of both Regions as they were born updates no stack', async () => {
  expect(await deploy(path.join(ROOT, 'cdk.out'))).toEqual([]);
  for (const region of REGIONS) expect(await liveValues(region)).toEqual(LIVE);
  await expectUntouched();
});

test('the changed app differs in tags, a parameter group, instance classes and launch templates', () => {
  const all = synthesize(path.join(folder, 'all'), CHANGE);
  const before = readAssembly(path.join(ROOT, 'cdk.out'));
  for (const region of REGIONS) {
    const changed = readAssembly(partOf(all, region, path.join(folder, region)));
    expect(changed.map(stack => stack.region)).toEqual(Array(6).fill(region));
    const types = changed.flatMap(({ id, template }) =>
      typesThatDiffer(before.find(stack => stack.id === id)?.template ?? '', template),
    );
    const expected = [
      'RDS::DBClusterParameterGroup',
      'RDS::DBInstance',
      'EC2::LaunchTemplate',
      'EC2::VPC',
      'ElasticLoadBalancingV2::Listener',
    ];
    expect(types).toEqual(expect.arrayContaining(expected.map(type => `AWS::${type}`)));
  }
});

test('laws 1, 3 and 4: each Region takes the change while the other’s assembly is deleted; the drill’s work stands, and so do weights and floors', async () => {
  await Promise.all(
    REGIONS.map(async region => {
      const since = await lastPutRight(region);
      const updated = await deploy(path.join(folder, region), `${CALLER}-${region}`);
      expect(updated).toEqual(expect.arrayContaining([`${region}/orders-data`, `${region}/orders-service`]));
      expect(updated.filter(name => !name.startsWith(`${region}/`))).toEqual([]);
      expect(await deployedFacts(region)).toEqual({
        classes: ['db.r7g.xlarge'],
        type: 'm7i.xlarge',
        release: '2',
      });
      await expectPutRight(region, since);
    }),
  );
  await expectUntouched();
});

test('law 4: nor do weights and floors of the active Region give way to a deploy that fails and is rolled back', async () => {
  const all = synthesize(path.join(folder, 'all-failing'), { ...CHANGE, failsIn: STANDBY });
  const since = await lastPutRight(STANDBY);
  await expect(deploy(partOf(all, STANDBY, path.join(folder, 'failing')))).rejects.toThrow(
    /Fails[\s\S]*global cluster none not found/,
  );
  expect(await serviceStackStatus(STANDBY)).toBe('UPDATE_ROLLBACK_COMPLETE');
  await expectPutRight(STANDBY, since);
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
