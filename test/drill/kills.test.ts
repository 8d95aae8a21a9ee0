import { abortDrill, resumeDrill, runDrill, unfinishedDrill } from '../../lib/drill';
import { EAST, WEST } from './fake-world';
import { errorOf, Harness, Killed, stopAt } from './harness';

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
