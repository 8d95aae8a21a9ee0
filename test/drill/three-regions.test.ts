import { planDrill, preflight, runDrill } from '../../lib/drill';
import type { Cloud, DatabaseMember, Outside } from '../../lib/ports';
import { EAST, WEST } from './fake-world';
import { Harness, SETTINGS } from './harness';

const THIRD = 'us-east-1';

/** The world with a third Region, a standby that follows the writer `repointed` milliseconds after the move. */
function threeRegions({ repointed = 0, gate = false }: { repointed?: number; gate?: boolean } = {}) {
  const harness = new Harness();
  const { context } = harness.process({ settings: { ...SETTINGS, regions: [EAST, WEST, THIRD] } });
  const third = { gate, role: 'reader' as DatabaseMember['role'], movedAt: Number.POSITIVE_INFINITY };
  const asked = new Set<string>();
  const cloud: Cloud = {
    ...context.cloud,
    databaseState: async (region, statusOf) => {
      const state = await context.cloud.databaseState(region, statusOf);
      for (const each of statusOf) asked.add(each);
      if (harness.world.writer === WEST) third.movedAt = Math.min(third.movedAt, harness.clock.monotonic());
      const since = harness.clock.monotonic() - third.movedAt;
      const status = since >= 0 && since < repointed ? 'modifying' : 'available';
      const clusterArn = `arn:aws:rds:${THIRD}:000000000000:cluster:orders-${THIRD}`;
      return {
        ...state,
        members: [...state.members, { region: THIRD, clusterArn, role: third.role, status }],
      };
    },
  };
  const outside: Outside = {
    ...context.outside,
    request: async request => {
      if (!request.host.includes(THIRD)) return context.outside.request(request);
      await harness.clock.sleep(2);
      const body = request.host.startsWith('gate-')
        ? { active: third.gate, epoch: 1, stale: third.gate }
        : { ready: true, role: 'standby', epoch: 1, database: { writable: false, lagSeconds: 0 } };
      const status = request.host.startsWith('gate-') && !third.gate ? 503 : 200;
      return { status, headers: {}, body: JSON.stringify(body) };
    },
  };
  return { harness, third, asked, context: { ...context, cloud, outside } };
}

test('a switchover settles when every other Region follows the new writer, that which took no part as well', async () => {
  const { harness, asked, context } = threeRegions({ repointed: 9000 });
  const { report } = await runDrill(context, { to: WEST });
  expect(report).toMatchObject({ outcome: 'done', notes: [] });
  expect(asked.has(THIRD)).toBe(true);
  expect(harness.clock.monotonic()).toBeGreaterThan(9000);
  expect(report.reconciliation?.queues.map(({ region }) => region)).toEqual([EAST, WEST, THIRD]);
});

test('a gate of a third Region that still says active is named: it could hold the name', async () => {
  const { third, context } = threeRegions({ gate: true });
  const { report } = await runDrill(context, { to: WEST });
  expect(report.outcome).toBe('safe-stop');
  expect(report.reason).toMatch(/gate of us-east-1 still says active.*parameter .* in us-east-1/);
  third.gate = false;
  expect((await runDrill(context, { to: WEST })).report.outcome).toBe('done');
});

test('a third Region that writes as well keeps a move from beginning', async () => {
  const { third, context } = threeRegions();
  third.role = 'writer';
  const found = await preflight(context, { to: WEST });
  expect(found.checks.find(({ id }) => id === 'database')).toMatchObject({
    state: 'failed',
    text: expect.stringContaining(`${THIRD} is a writer as well`),
  });
});

test('a failover asks the third Region and not the one that is lost', async () => {
  const { harness, context } = threeRegions();
  harness.world.lost = EAST;
  const { report } = await runDrill(context, { to: WEST, mode: 'failover', acceptDataLoss: true });
  expect(report.outcome).toBe('done');
  expect(report.reconciliation?.queues.map(({ region }) => region)).toEqual([WEST, THIRD]);
});

test('a plan names the two Regions of the move, whichever of three they are', async () => {
  const { context } = threeRegions();
  const found = await preflight(context, { to: WEST });
  const plan = planDrill({ ...found, id: 'plan', before: found.register.record, ...context });
  expect([plan.from, plan.to]).toEqual([EAST, WEST]);
});
