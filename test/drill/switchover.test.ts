import { runDrill } from '../../lib/drill';
import { EAST, WEST } from './fake-world';
import { errorOf, Harness, SETTINGS } from './harness';

describe('a switchover between two healthy Regions', () => {
  test('moves register and database, step by step, and meets its objectives', async () => {
    const { world, journals, process } = setUp();
    const { report, exitCode } = await runDrill(process().context, { to: WEST });

    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      version: 1,
      mode: 'switchover',
      target: 'lab',
      from: EAST,
      to: WEST,
      outcome: 'done',
      epoch: { before: 1, after: 2 },
      timeScale: 10,
      objectives: SETTINGS.objectives,
      missed: [],
      resumed: false,
    });
    expect(world.history).toEqual([
      { epoch: 1, phase: 'active', region: EAST },
      { epoch: 2, phase: 'fencing', region: WEST },
      { epoch: 2, phase: 'promoting', region: WEST },
      { epoch: 2, phase: 'active', region: WEST },
    ]);
    expect(world.writer).toBe(WEST);
    expect(world.switchovers).toBe(1);
    expect(world.lock).toBeUndefined();
    expect(journals.saved.has(`${report.id}/report.json`)).toBe(true);
    expect(journals.saved.get(`${report.id}/report.md`)).toContain('| promotion |');
  });

  test('acts in the order that keeps one writer: fence, lease, promoting, database, active', async () => {
    const { world, process } = setUp();
    await runDrill(process().context, { to: WEST });
    const acts = world.log.filter(call => /^(raiseRegister|startSwitchover|raiseFloor)/.test(call));
    expect(acts).toEqual([
      `raiseRegister@${WEST}`,
      `raiseRegister@${WEST}`,
      // AWS wants the request in the Region of the writer; all else goes to the Region that takes over.
      `startSwitchover@${EAST}`,
      `raiseRegister@${WEST}`,
    ]);
  });

  test('waits lease and margin, at the time scale, between the fence and the promotion', async () => {
    const { world, clock, process } = setUp();
    const raisedAt: number[] = [];
    world.faults = name => {
      if (name === 'raiseRegister') raisedAt.push(clock.monotonic());
      return 'none';
    };
    await runDrill(process().context, { to: WEST });
    const [fencedAt = 0, promotingAt = 0] = raisedAt;
    const leaseMilliseconds = ((SETTINGS.leaseSeconds + SETTINGS.leaseMarginSeconds) * 1000) / 10;
    expect(promotingAt - fencedAt).toBeGreaterThanOrEqual(leaseMilliseconds);
    expect(promotingAt - fencedAt).toBeLessThan(leaseMilliseconds + 500);
  });

  test('after the fence it calls nothing in the old Region but the switchover, until it settles', async () => {
    const { world, process } = setUp();
    await runDrill(process().context, { to: WEST });
    const fence = world.log.indexOf(`raiseRegister@${WEST}`);
    const inOldRegion = world.log.slice(fence).filter(call => call.endsWith(EAST));
    // At the very end, when everything is verified, it counts what lies in the old Region's queues.
    expect(inOldRegion).toEqual([`startSwitchover@${EAST}`, `queueDepths@${EAST}`]);
  });

  test('raises the floor of the standby to what the active Region runs, and waits for it', async () => {
    const { world, process } = setUp();
    world.groups[EAST] = (world.groups[EAST] ?? []).map(group =>
      group.name === 'orders-blue' ? { ...group, desired: 5, inService: 5 } : group,
    );
    const { report } = await runDrill(process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(world.groups[WEST]?.[0]).toMatchObject({ minimum: 5, inService: 5 });
    expect(world.groups[EAST]?.[0]).toMatchObject({ minimum: 2 });
    // The workers carry their share already and are left alone.
    expect(world.log.filter(call => call.startsWith('raiseFloor'))).toHaveLength(1);
  });

  test('plans no scaling when the standby carries its share already', async () => {
    const { world, process } = setUp();
    const { report } = await runDrill(process().context, { to: WEST });
    expect(world.log.some(call => call.startsWith('raiseFloor'))).toBe(false);
    expect(report.phases.find(phase => phase.name === 'scale-up')).toMatchObject({
      seconds: 0,
      within: true,
    });
  });

  test('measures each phase against its scaled budget line', async () => {
    const { process } = setUp();
    const { report } = await runDrill(process().context, { to: WEST });
    const promotion = report.phases.find(phase => phase.name === 'promotion');
    expect(promotion?.budgetSeconds).toBe(12);
    expect(promotion?.seconds).toBeGreaterThanOrEqual(3);
    expect(promotion?.within).toBe(true);
    expect(report.rtoSeconds).toBeCloseTo(
      report.phases
        .filter(phase => phase.name !== 'settle' && phase.name !== 'preflight')
        .reduce((sum, phase) => sum + phase.seconds, 0),
    );
    expect(report.budgetSeconds).toBe(26.2);
    expect(report.unscaledBudgetSeconds).toBe(262);
  });

  test('a promotion past the RTO is done, and fails the objective', async () => {
    const { world, process } = setUp();
    world.promotionMilliseconds = 35_000;
    const settings = { ...SETTINGS, objectives: { rtoSeconds: 300, rpoSeconds: 30 } };
    const { report, exitCode } = await runDrill(process({ settings }).context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(exitCode).toBe(2);
    expect(report.missed.join()).toContain('RTO');
    expect(report.phases.find(phase => phase.name === 'promotion')?.within).toBe(false);
  });

  test('an old Region that does not come back as a replica is named, and the drill is done', async () => {
    const { world, process } = setUp();
    const { context } = process();
    const cloud: typeof context.cloud = {
      ...context.cloud,
      databaseState: async (region, statusOf) => {
        if (world.writer === WEST) world.statuses[EAST] = 'rebooting';
        return context.cloud.databaseState(region, statusOf);
      },
    };
    const { report, exitCode } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(exitCode).toBe(0);
    expect(report.notes.join()).toMatch(/settle was not finished .*rebooting/);
  });

  test('traffic has turned only when clients that kept the old address have let go of it', async () => {
    const { world, clock, process } = setUp();
    const { context } = process();
    const outside: typeof context.outside = {
      ...context.outside,
      request: async request => {
        const answer = await context.outside.request(request);
        const turned = world.history.length === 4;
        if (request.path !== '/healthz' || !turned || clock.monotonic() > 12_000) return answer;
        return { ...answer, headers: { 'x-holdfast-region': EAST } };
      },
    };
    const { report } = await runDrill({ ...context, outside }, { to: WEST });
    const traffic = report.phases.find(phase => phase.name === 'traffic');
    expect(traffic?.seconds).toBeGreaterThan(5);
    expect(traffic?.within).toBe(true);
  });

  test.each(['reconnect', 'verify'])(
    '%s: an answer that does not name its Region is no proof',
    async step => {
      const { world, process } = setUp();
      const { context } = process();
      const outside: typeof context.outside = {
        ...context.outside,
        request: async request => {
          const answer = await context.outside.request(request);
          return request.headers?.['idempotency-key']?.endsWith(`:${step}`)
            ? { ...answer, headers: {} }
            : answer;
        },
      };
      const { report } = await runDrill({ ...context, outside }, { to: WEST });
      expect(report.outcome).toBe('safe-stop');
      expect(report.reason).toMatch(new RegExp(`${step} is stuck .*answered by an unnamed Region`));
      expect(world.register.record).toMatchObject({ phase: 'active', region: WEST });
    },
  );

  test('a replica whose lag nobody measures has not settled', async () => {
    const { world, process } = setUp();
    world.readyLagSeconds = undefined;
    const { context } = process();
    const cloud = {
      ...context.cloud,
      replicationLag: async (region: string) =>
        region === WEST ? { seconds: 0.1, ageSeconds: 1 } : undefined,
    };
    const { report } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.notes.join()).toMatch(/not measured/);
  });

  test('the way back is the same command with the other Region, at the next epoch', async () => {
    const { world, process } = setUp();
    await runDrill(process().context, { to: WEST });
    const { report } = await runDrill(process().context, { to: EAST });
    expect(report.outcome).toBe('done');
    expect(world.register.record).toEqual({ epoch: 3, phase: 'active', region: EAST });
  });
});

describe('what cannot begin', () => {
  test('a Region that is not in the topology is refused, naming the Regions', async () => {
    const { world, process } = setUp();
    const error = await errorOf(runDrill(process().context, { to: 'eu-west-1' }));
    expect(error.code).toBe('not-found');
    expect(error.message).toContain(`${EAST}, ${WEST}`);
    expect(world.log).toEqual([]);
  });

  test('a Region that is active already is refused', async () => {
    const { process } = setUp();
    const error = await errorOf(runDrill(process().context, { to: EAST }));
    expect(error.code).toBe('refused');
    expect(error.message).toContain('already active');
  });

  test('a register in the middle of a move is refused, naming who moved it', async () => {
    const { world, process } = setUp();
    world.register = {
      record: { epoch: 7, phase: 'promoting', region: WEST },
      updatedBy: 'drill:elsewhere',
      updatedAt: '',
    };
    const error = await errorOf(runDrill(process().context, { to: WEST }));
    expect(error.code).toBe('refused');
    expect(error.message).toContain('drill:elsewhere');
  });
});

function setUp() {
  const harness = new Harness();
  return {
    world: harness.world,
    clock: harness.clock,
    journals: harness.journals,
    events: harness.events,
    process: harness.process.bind(harness),
  };
}
