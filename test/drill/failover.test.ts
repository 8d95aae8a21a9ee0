import { runDrill, startLoad } from '../../lib/drill';
import { planDrill } from '../../lib/drill/plan/plan';
import { EAST, HOST, WEST } from './fake-world';
import { errorOf, Harness, SETTINGS } from './harness';

const lostEast = () => {
  const harness = new Harness();
  harness.world.lost = EAST;
  return harness;
};
const REQUEST = { mode: 'failover', to: WEST, acceptDataLoss: true } as const;

test('the active Region is gone: the standby takes over, and nothing was asked of the other', async () => {
  const harness = lostEast();
  const { context } = harness.process();
  const { report, exitCode } = await runDrill(context, REQUEST);
  expect(report).toMatchObject({ mode: 'failover', outcome: 'done', missed: [], from: EAST, to: WEST });
  expect(exitCode).toBe(0);
  expect(report.next).toBe(`holdfast drill failback --to ${EAST}`);
  expect(harness.world.register.record).toEqual({ epoch: 2, phase: 'active', region: WEST });
  expect(harness.world.violations).toEqual([]);
  expect(harness.world.log.filter(call => call.endsWith(EAST))).toEqual([]);
});

test('BP-63: without leave to lose data it is refused, with the lag that would be lost', async () => {
  const harness = lostEast();
  harness.world.readyLagSeconds = 4.2;
  const { context } = harness.process();
  const { report, exitCode } = await runDrill(context, { mode: 'failover', to: WEST });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report.reason).toMatch(/data-loss: failed, us-west-2 is 4\.2 s behind.*--accept-data-loss/);
  expect(exitCode).toBe(2);
  expect(harness.world.register.record.epoch).toBe(1);
});

test('BP-63: a switchover from a Region that is lost is refused, and says which command it takes', async () => {
  const { context } = lostEast().process();
  const { report } = await runDrill(context, { to: WEST });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report.reason).toMatch(/active: failed.*failover/);
});

test('a Region that still serves is not failed over from, unless a person says that its answers lie', async () => {
  const harness = new Harness();
  const { context } = harness.process();
  const refused = await runDrill(context, REQUEST);
  expect(refused.report).toMatchObject({ outcome: 'refused' });
  expect(refused.report.reason).toMatch(/active: unknown.*a switchover would lose nothing/);
  expect(refused.exitCode).toBe(1);
  const { report } = await runDrill(context, { ...REQUEST, acceptUnknown: ['active'] });
  expect(report.outcome).toBe('done');
  expect(harness.world.violations).toEqual([]);
});

test('a standby that may not scale serves with what it has, and the report says so', async () => {
  const harness = lostEast();
  harness.world.groups[WEST] = (harness.world.groups[WEST] ?? []).map(group =>
    group.name === 'orders-blue'
      ? { ...group, minimum: 1, inService: 1, desired: 1, targets: { healthy: 1, total: 1 } }
      : group,
  );
  harness.world.faults = name => (name === 'raiseFloor' ? 'denied' : 'none');
  const { context } = harness.process();
  const { report } = await runDrill(context, REQUEST);
  expect(report.outcome).toBe('done');
  expect(report.notes.join()).toMatch(/raise-capacity was refused.*wait-capacity was not finished.*1 of 2/s);
});

test('before the database moved a failure stops and does not go back to the Region that is lost', async () => {
  const harness = lostEast();
  harness.world.statuses[WEST] = 'available';
  harness.world.faults = name => (name === 'startFailover' ? 'denied' : 'none');
  const { context } = harness.process();
  const { report } = await runDrill(context, REQUEST);
  expect(report.outcome).toBe('safe-stop');
  expect(report.next).toMatch(/drill resume failover-/);
  expect(report.reason).toMatch(/no Region accepts writes/);
  harness.world.faults = () => 'none';
  const again = await runDrill(harness.process().context, REQUEST);
  expect(again.report).toMatchObject({ outcome: 'done', resumed: true });
  expect(harness.world.switchovers).toBe(1);
});

describe('what a failover loses', () => {
  const failOverUnderLoad = async (unreplicated: number, rpoSeconds: number) => {
    const harness = new Harness();
    const { context } = harness.process({
      settings: { ...SETTINGS, objectives: { ...SETTINGS.objectives, rpoSeconds } },
    });
    const { outside, clock, entries, random } = context;
    const load = startLoad({
      outside,
      clock,
      random,
      id: 'load-1',
      host: HOST,
      entry: entries.service,
      reads: 0,
    });
    await harness.clock.sleep(2000);
    harness.world.lost = EAST;
    harness.world.unreplicated = unreplicated;
    return runDrill({ ...context, load }, REQUEST);
  };

  test('is counted exactly and told, and within the RPO it fails nothing', async () => {
    const { report, exitCode } = await failOverUnderLoad(7, 300);
    expect(report.writes.lost).toBe(7);
    expect(report.rpoSeconds).toBeGreaterThan(0);
    expect(report.missed).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('fails the drill beyond the RPO', async () => {
    const { report, exitCode } = await failOverUnderLoad(7, 1);
    expect(report.missed.join()).toMatch(/7 acknowledged writes are lost; over .* the RPO allows 0\.1 s/);
    expect(exitCode).toBe(2);
  });
});

test('another mode to the same Region does not take up a drill that did not end', async () => {
  const harness = lostEast();
  harness.world.faults = name => (name === 'startFailover' ? 'denied' : 'none');
  await runDrill(harness.process().context, REQUEST);
  const error = await errorOf(runDrill(harness.process().context, { to: WEST }));
  expect(error.code).toBe('conflict');
});

test('a failback is a planned move by another name', async () => {
  const harness = new Harness();
  const { context } = harness.process();
  await runDrill(context, { to: WEST });
  const { report } = await runDrill(context, { mode: 'failback', to: EAST });
  expect(report).toMatchObject({ mode: 'failback', outcome: 'done', epoch: { before: 2, after: 3 } });
  expect(report.id).toMatch(/^failback-/);
});

test('the plan of a failover scales while the data moves, and lets go of what it cannot have', () => {
  const plan = planDrill({
    id: 'x',
    mode: 'failover',
    to: WEST,
    before: { epoch: 1, phase: 'active', region: EAST },
    timeScale: 1,
    capacity: [{ group: 'orders-blue', minimum: 2 }],
    scaleUp: true,
    settings: SETTINGS,
  });
  const ids = plan.steps.map(step => step.id);
  expect(ids.indexOf('wait-capacity')).toBe(ids.indexOf('wait-writer') + 1);
  expect(plan.steps.filter(step => step.optional).map(step => step.id)).toEqual([
    'raise-capacity',
    'wait-capacity',
    'reconcile',
  ]);
  expect(plan.steps.filter(step => step.pointOfNoReturn).map(step => step.id)).toEqual([
    'fail-over-database',
  ]);
  expect(ids).not.toContain('settle');
});
