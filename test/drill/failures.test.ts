import { resumeDrill, runDrill, unfinishedDrill } from '../../lib/drill';
import type { Cloud } from '../../lib/ports';
import { EAST, HOST, WEST } from './fake-world';
import { Harness, stopAt } from './harness';

describe('a failure', () => {
  test('a switchover that AWS refuses is undone through the phases of a new epoch', async () => {
    const harness = new Harness();
    harness.world.faults = name => (name === 'startSwitchover' ? 'denied' : 'none');
    const { report, exitCode } = await runDrill(harness.process().context, { to: WEST });
    expect(report).toMatchObject({ outcome: 'rolled-back', epoch: { before: 1, after: 3 } });
    expect(report.reason).toContain('access denied');
    expect(exitCode).toBe(2);
    expect(harness.world.register.record).toEqual({ epoch: 3, phase: 'active', region: EAST });
  });

  test('a standby that dies after the fence is found before the point of no return', async () => {
    const harness = new Harness();
    stopAt(harness, 'step-end', 'wait-lease', () => harness.world.silent.add(`${WEST}.${HOST}`));
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('rolled-back');
    expect(report.reason).toContain('not a ready standby any more');
    expect(harness.world.register.record).toEqual({ epoch: 3, phase: 'active', region: EAST });
    expect(harness.world.switchovers).toBe(0);
  });

  test('a standby that falls behind after the fence is waited for', async () => {
    const harness = new Harness();
    stopAt(harness, 'step-end', 'wait-lease', () => {
      harness.world.readyLagSeconds = 9;
      void harness.clock.sleep(5000).then(() => {
        harness.world.readyLagSeconds = 0;
      });
    });
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.phases.find(phase => phase.name === 'promotion')?.seconds).toBeGreaterThan(7.5);
  });

  test('capacity that never comes is given up before anything was fenced', async () => {
    const harness = new Harness();
    harness.world.groups[EAST] = (harness.world.groups[EAST] ?? []).map(group => ({
      ...group,
      inService: 4,
    }));
    const { context } = harness.process();
    const cloud = { ...context.cloud, raiseFloor: async () => undefined };
    const { report } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(report.outcome).toBe('rolled-back');
    expect(report.reason).toMatch(/raise-capacity is stuck/);
    expect(harness.world.history).toHaveLength(1);
  });

  test('a switchover that never ends is a safe stop, and resumes when it did end', async () => {
    const harness = new Harness();
    harness.world.stuck = true;
    const { report, exitCode } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.next).toBe(`holdfast drill resume ${report.id}`);
    expect(report.reason).toMatch(/switch-database is stuck .*; no Region accepts writes$/);
    expect(exitCode).toBe(2);
    expect(harness.world.register.record).toEqual({ epoch: 2, phase: 'promoting', region: WEST });

    harness.world.movingUntil = 0;
    const resumed = await resumeDrill(harness.process().context, { id: report.id });
    expect(resumed.report.outcome).toBe('done');
    expect(harness.world.switchovers).toBe(1);
  });

  test.each(['fence', 'announce-promotion', 'activate'] as const)(
    'a lost answer at %s is judged by the register, which is raised once',
    async step => {
      const harness = new Harness();
      const place = ['fence', 'announce-promotion', 'activate'].indexOf(step);
      harness.world.faults = (name, count) =>
        name === 'raiseRegister' && count === place ? 'lost-answer' : 'none';
      const { report } = await runDrill(harness.process().context, { to: WEST });
      expect(report.outcome).toBe('done');
      expect(harness.world.history).toHaveLength(4);
    },
  );

  test('a switchover whose answer was lost is not sent again', async () => {
    const harness = new Harness();
    harness.world.faults = name => (name === 'startSwitchover' ? 'lost-answer' : 'none');
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(harness.world.switchovers).toBe(1);
  });

  test('a refusal after a lost answer is no proof that nothing was accepted: the drill goes forward', async () => {
    const harness = new Harness();
    harness.world.staleMilliseconds = 8000;
    harness.world.promotionMilliseconds = 12_000;
    harness.world.faults = (name, count) =>
      name === 'startSwitchover' && count === 0 ? 'lost-answer' : 'none';
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(harness.world.log.filter(call => call.startsWith('startSwitchover'))).toHaveLength(2);
    expect(report.outcome).toBe('done');
    expect(harness.world.switchovers).toBe(1);
  });

  test('a switchover that was throttled is sent again once the state was watched', async () => {
    const harness = new Harness();
    harness.world.faults = (name, count) => (name === 'startSwitchover' && count === 0 ? 'throttle' : 'none');
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(harness.world.switchovers).toBe(1);
    const promotion = report.phases.find(phase => phase.name === 'promotion');
    expect(promotion?.seconds).toBeGreaterThanOrEqual(6);
  });

  test.each([
    { epoch: 2, phase: 'fencing', region: EAST },
    { epoch: 2, phase: 'fencing', region: WEST },
    { epoch: 2, phase: 'promoting', region: WEST },
    { epoch: 2, phase: 'active', region: WEST },
    { epoch: 2, phase: 'active', region: EAST },
    { epoch: 5, phase: 'active', region: WEST },
  ] as const)('a register that another moved to %j is left alone', async record => {
    const harness = new Harness();
    stopAt(harness, 'step-begin', 'wait-lease', () => {
      harness.world.register = { record, updatedBy: 'drill:other', updatedAt: '' };
    });
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toContain('drill:other');
    expect(harness.world.register.record).toEqual(record);
    expect(unfinishedDrill(harness.process().context)).toBeUndefined();
  });

  test('a register that another activated is not taken for an own success', async () => {
    const harness = new Harness();
    const record = { epoch: 2, phase: 'active', region: WEST } as const;
    stopAt(harness, 'step-begin', 'activate', () => {
      harness.world.register = { record, updatedBy: 'drill:other', updatedAt: '' };
    });
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toContain('drill:other');
  });

  test('a register that another moved is left alone by a rollback too', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    const record = { epoch: 2, phase: 'fencing', region: WEST } as const;
    stopAt(harness, 'step-begin', 'wait-lease', () => {
      harness.world.register = { record, updatedBy: 'drill:other', updatedAt: '' };
      abort.abort();
    });
    const { report } = await runDrill(harness.process({ signal: abort.signal }).context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(harness.world.register.record).toEqual(record);
  });

  test('a database that another moved closes the way back', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    stopAt(harness, 'step-end', 'announce-promotion', () => {
      harness.world.writer = WEST;
      abort.abort();
    });
    const { report } = await runDrill(harness.process({ signal: abort.signal }).context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toContain('the way back is closed');
    expect(harness.world.violations).toEqual([]);
    expect(harness.world.register.record.phase).toBe('promoting');
  });

  test('a long switchover is watched, and not sent again while it is under way', async () => {
    const harness = new Harness();
    harness.world.rolesChangeLate = true;
    harness.world.promotionMilliseconds = 15_000;
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(harness.world.log.filter(call => call.startsWith('startSwitchover'))).toHaveLength(1);
  });

  test('the new Region is active only when provider and service agree that it writes', async () => {
    const harness = new Harness();
    const { context } = harness.process();
    let sentAt = Number.NEGATIVE_INFINITY;
    const reader = (region: string) => ({
      region,
      clusterArn: `arn:aws:rds:${region}`,
      role: 'reader' as const,
      status: 'available',
    });
    const cloud: Cloud = {
      ...context.cloud,
      databaseState: async (region, statusOf) => {
        if (statusOf.length > 0 && harness.clock.monotonic() - sentAt < 8000) {
          return { moving: false, members: [EAST, WEST].map(reader) };
        }
        return context.cloud.databaseState(region, statusOf);
      },
      startSwitchover: async (region, arn, maySend) => {
        sentAt = harness.clock.monotonic();
        await context.cloud.startSwitchover(region, arn, maySend);
      },
    };
    const { report } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.phases.find(phase => phase.name === 'promotion')?.seconds).toBeGreaterThan(7.9);
  });

  test('a wall clock that jumps changes nothing', async () => {
    const harness = new Harness();
    stopAt(harness, 'step-begin', 'wait-lease', () => harness.clock.jumpWall(-3_600_000));
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.rtoSeconds).toBeGreaterThan(0);
    expect(report.rtoSeconds).toBeLessThan(30);
  });
});
