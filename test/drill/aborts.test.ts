import { runDrill } from '../../lib/drill';
import { STEPS_OF_MODE } from '../../lib/drill/plan/plan-steps';
import { EAST, WEST } from './fake-world';
import { Harness, stopAt } from './harness';

/** Steps that the plan of two healthy Regions has. */
const STEPS = STEPS_OF_MODE.switchover.filter(step => !/capacity/.test(step));
const NO_RETURN = STEPS.indexOf('switch-database');

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
