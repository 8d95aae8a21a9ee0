import { abortDrill, resumeDrill, runDrill, unfinishedDrill } from '../../lib/drill';
import { SWITCHOVER_STEPS } from '../../lib/drill/plan';
import type { Cloud } from '../../lib/ports';
import { EAST, HOST, WEST } from './fake-world';
import { errorOf, Harness, Killed } from './harness';

/** Steps that the plan of two healthy Regions has. */
const STEPS = SWITCHOVER_STEPS.filter(step => !/capacity/.test(step));
const NO_RETURN = STEPS.indexOf('switch-database');

/** Calls `stop` right after the journal wrote the beginning or the end of a step. */
function stopAt(harness: Harness, type: 'step-begin' | 'step-end', step: string, stop: () => void): void {
  harness.journals.onAppend = (_count, line) => {
    const entry = JSON.parse(line) as { type: string; step?: string };
    if (entry.type === type && entry.step === step) stop();
  };
}

describe('an abort', () => {
  test.each(STEPS.slice(0, NO_RETURN))('at %s brings the old Region back at a new epoch', async step => {
    const harness = new Harness();
    const abort = new AbortController();
    const { context } = harness.process({ signal: abort.signal });
    stopAt(harness, 'step-end', step, () => abort.abort());
    const { report, exitCode } = await runDrill(context, { to: WEST });

    expect(report.outcome).toBe('aborted');
    expect(exitCode).toBe(130);
    expect(harness.world.register.record).toMatchObject({ epoch: 3, phase: 'active', region: EAST });
    expect(report.epoch).toEqual({ before: 1, after: 3 });
    expect(harness.world.switchovers).toBe(0);
    expect(harness.world.lock).toBeUndefined();
  });

  test('before anything was fenced leaves the register as it was', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    const { context } = harness.process({ signal: abort.signal });
    stopAt(harness, 'step-begin', 'fence', () => abort.abort());
    const { report } = await runDrill(context, { to: WEST });
    expect(report.outcome).toBe('aborted');
    expect(harness.world.history).toHaveLength(1);
  });

  test('ends the lease wait within a poll interval', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    const { context } = harness.process({ signal: abort.signal });
    let abortedAt = 0;
    stopAt(harness, 'step-begin', 'wait-lease', () => {
      void harness.clock.sleep(300).then(() => {
        abortedAt = harness.clock.monotonic();
        abort.abort();
      });
    });
    let reactivatedAt = 0;
    harness.world.faults = name => {
      if (name === 'raiseRegister') reactivatedAt = harness.clock.monotonic();
      return 'none';
    };
    const { report } = await runDrill(context, { to: WEST });
    expect(report.outcome).toBe('aborted');
    expect(reactivatedAt - abortedAt).toBeLessThanOrEqual(250);
  });

  test.each(STEPS.slice(NO_RETURN))('at %s, past the point of no return, goes forward', async step => {
    const harness = new Harness();
    const abort = new AbortController();
    const { context } = harness.process({ signal: abort.signal });
    stopAt(harness, 'step-end', step, () => abort.abort());
    const { report } = await runDrill(context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(harness.world.register.record).toEqual({ epoch: 2, phase: 'active', region: WEST });
  });
});

describe('a killed process', () => {
  test('is resumed after any journal record, without a second switchover', async () => {
    const reference = new Harness();
    await runDrill(reference.process().context, { to: WEST });
    const records = reference.journals.appends;
    expect(records).toBeGreaterThan(20);

    for (let at = 1; at < records; at++) {
      const harness = new Harness();
      const first = harness.process();
      // The record with number `at` is written, and then the process is gone.
      harness.journals.onAppend = count => {
        if (count === at) {
          first.kill();
          throw new Killed();
        }
      };
      expect(await errorOf(runDrill(first.context, { to: WEST }))).toBeInstanceOf(Killed);
      harness.journals.onAppend = () => undefined;

      const { report } = await runDrill(harness.process().context, { to: WEST });
      expect([at, report.outcome]).toEqual([at, 'done']);
      expect([at, harness.world.switchovers]).toEqual([at, 1]);
      expect(harness.world.history.map(record => record.epoch)).toEqual([1, 2, 2, 2]);
      expect(harness.world.lock).toBeUndefined();
    }
  });

  test('whose switchover was accepted is not repeated by the run that resumes', async () => {
    const harness = new Harness();
    const first = harness.process();
    harness.world.faults = name => {
      if (name === 'startSwitchover') void harness.clock.sleep(6).then(first.kill);
      return 'none';
    };
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.world.faults = () => 'none';
    await harness.clock.sleep(60_000);
    expect(unfinishedDrill(harness.process().context)?.plan.to).toBe(WEST);
    const { report } = await resumeDrill(harness.process().context);
    expect(report).toMatchObject({ outcome: 'done', resumed: true });
    // The time until somebody resumed it belongs to the step and to the RTO.
    const promotion = report.phases.find(phase => phase.name === 'promotion');
    expect(promotion?.seconds).toBeGreaterThan(60);
    expect(report.rtoSeconds).toBeGreaterThan(60);
    expect(harness.world.switchovers).toBe(1);
  });

  test('is aborted instead, when a person wants that, before the point of no return', async () => {
    const harness = new Harness();
    const first = harness.process();
    stopAt(harness, 'step-begin', 'wait-lease', first.kill);
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    const { report } = await abortDrill(harness.process().context);
    expect(report.outcome).toBe('aborted');
    expect(harness.world.register.record).toEqual({ epoch: 3, phase: 'active', region: EAST });
    expect(unfinishedDrill(harness.process().context)).toBeUndefined();
  });

  test('is not aborted past the point of no return', async () => {
    const harness = new Harness();
    const first = harness.process();
    stopAt(harness, 'step-begin', 'wait-writer', first.kill);
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    const error = await errorOf(abortDrill(harness.process().context));
    expect(error.code).toBe('refused');
    expect(error.message).toContain('holdfast drill resume');
  });

  test('in the middle of its rollback is resumed backwards', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    const first = harness.process({ signal: abort.signal });
    harness.journals.onAppend = (_count, line) => {
      if (line.includes('"step":"wait-lease"') && line.includes('step-end')) abort.abort();
      if (line.includes('"type":"rollback"')) void harness.clock.sleep(0).then(first.kill);
    };
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    const { report } = await resumeDrill(harness.process().context);
    expect(report.outcome).toBe('aborted');
    expect(harness.world.register.record).toEqual({ epoch: 3, phase: 'active', region: EAST });
  });

  test('of a lab that was rebuilt since is closed, and a new drill begins', async () => {
    const harness = new Harness();
    const first = harness.process();
    stopAt(harness, 'step-end', 'activate', first.kill);
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    harness.world.lock = undefined;
    harness.world.writer = EAST;
    harness.world.register = {
      record: { epoch: 1, phase: 'active', region: EAST },
      updatedBy: 'birth',
      updatedAt: '',
    };
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report).toMatchObject({ outcome: 'done', resumed: false });
  });

  test('leaves a drill that keeps another target from beginning', async () => {
    const harness = new Harness();
    const first = harness.process();
    stopAt(harness, 'step-end', 'activate', first.kill);
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    const error = await errorOf(runDrill(harness.process().context, { to: EAST }));
    expect(error.code).toBe('conflict');
    expect(error.message).toMatch(/holdfast drill resume switchover-/);
  });
});

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
    expect(report.reason).toMatch(/wait-writer is stuck .*; no Region accepts writes$/);
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

  test('a wall clock that jumps changes nothing', async () => {
    const harness = new Harness();
    stopAt(harness, 'step-begin', 'wait-lease', () => harness.clock.jumpWall(-3_600_000));
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.rtoSeconds).toBeGreaterThan(0);
    expect(report.rtoSeconds).toBeLessThan(30);
  });
});

describe('two operators', () => {
  test('at once: one drives, the other is refused and names who does', async () => {
    const harness = new Harness();
    const results = await Promise.allSettled([
      runDrill(harness.process().context, { to: WEST }),
      runDrill(harness.process().context, { to: WEST }),
    ]);
    const done = results.filter(result => result.status === 'fulfilled');
    const refused = results.filter(result => result.status === 'rejected');
    expect(done).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(String(refused[0]?.reason)).toMatch(/another drill is under way: .*process-/);
    expect(harness.world.switchovers).toBe(1);
  });

  test('a process that was paused past its lease acts no more once another took over', async () => {
    const harness = new Harness();
    const first = harness.process();
    const journal = harness.journals;
    // The first stops at the promotion and sleeps for an hour, as a suspended laptop does.
    let asleep = false;
    const { context } = first;
    const frozen = async () => {
      if (asleep) await harness.clock.sleep(3_600_000);
    };
    const cloud: Cloud = {
      ...context.cloud,
      readRegister: region => frozen().then(() => context.cloud.readRegister(region)),
      raiseRegister: (region, raise) => frozen().then(() => context.cloud.raiseRegister(region, raise)),
      renewLock: (region, lock) => frozen().then(() => context.cloud.renewLock(region, lock)),
    };
    journal.onAppend = (_count, line) => {
      if (line.includes('"step-begin"') && line.includes('announce-promotion')) asleep = true;
    };
    const sleeper = runDrill({ ...context, cloud }, { to: WEST });
    await harness.clock.sleep(20_000);
    journal.onAppend = () => undefined;
    const { report } = await resumeDrill(harness.process().context);
    expect(report.outcome).toBe('done');
    const late = await sleeper;
    expect(late.report.outcome).toBe('safe-stop');
    expect(harness.world.switchovers).toBe(1);
    expect(harness.world.history).toHaveLength(4);
  });
});
