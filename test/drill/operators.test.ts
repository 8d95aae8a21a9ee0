import { resumeDrill, runDrill } from '../../lib/drill';
import { HeldLock } from '../../lib/drill/run/drill-lock';
import type { Cloud } from '../../lib/ports';
import { WEST } from './fake-world';
import { errorOf, Harness, MemoryJournals } from './harness';

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
    // The journal of the one that never began is closed, and keeps nobody from the next drill.
    expect([...harness.journals.files.values()].every(text => text.includes('"type":"end"'))).toBe(true);
  });

  test('one after the other: the second sees the first alive and is refused', async () => {
    const harness = new Harness();
    const first = runDrill(harness.process().context, { to: WEST });
    await harness.clock.sleep(1000);
    const error = await errorOf(
      runDrill(harness.process({ journals: new MemoryJournals() }).context, { to: WEST }),
    );
    expect(error.message).toMatch(/unfinished|under way/);
    expect((await first).report.outcome).toBe('done');
  });

  test('in the middle of the first: a lock whose heartbeat changes is not taken', async () => {
    const harness = new Harness();
    const options = { ...harness.process().context, endpoints: [WEST], epoch: 1 };
    const held = await HeldLock.take({ ...options, holder: 'first', drillId: 'one' });
    await harness.clock.sleep(400);
    const error = await errorOf(HeldLock.take({ ...options, holder: 'second', drillId: 'two' }));
    expect(error.message).toContain('one of first');
    await held.ensure();
    await held.release();
    const second = await HeldLock.take({ ...options, holder: 'second', drillId: 'two' });
    await second.release();
  });

  test('a holder that could not renew for a whole lease does not believe in it any more', async () => {
    const harness = new Harness();
    const options = { ...harness.process().context, endpoints: [WEST], epoch: 1 };
    const held = await HeldLock.take({ ...options, holder: 'first', drillId: 'one' });
    harness.world.faults = name => (name === 'renewLock' ? 'throttle' : 'none');
    await harness.clock.sleep(3500);
    expect((await errorOf(held.ensure())).code).toBe('unavailable');
    const second = await HeldLock.take({ ...options, holder: 'second', drillId: 'two' });
    harness.world.faults = () => 'none';
    expect((await errorOf(held.ensure())).code).toBe('conflict');
    await second.release();
  });

  test('a lock that was taken while a step watched stops the step from acting', async () => {
    const harness = new Harness();
    harness.world.faults = (name, count) => {
      if (name !== 'startSwitchover' || count > 0) return 'none';
      const lock = harness.world.lock;
      if (lock !== undefined) harness.world.lock = { ...lock, holder: 'somebody else' };
      return 'throttle';
    };
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(harness.world.log.filter(call => call.startsWith('startSwitchover'))).toHaveLength(1);
    expect(harness.world.lock?.holder).toBe('somebody else');
  });

  test('a lock whose write was answered late is taken by its own read, not refused in its own name', async () => {
    const harness = new Harness();
    // The first endpoint writes and its answer is lost; the second finds the lock taken: by ourselves.
    harness.world.faults = (name, count) => (name === 'takeLock' && count === 0 ? 'lost-answer' : 'none');
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(harness.world.log.filter(call => call.startsWith('takeLock'))).toHaveLength(2);
    expect(harness.world.lock).toBeUndefined();
  });

  test('the lock is renewed by its heartbeat, not by every step', async () => {
    const harness = new Harness();
    await runDrill(harness.process().context, { to: WEST });
    const seconds = harness.clock.monotonic() / 1000;
    const renewals = harness.world.log.filter(call => call.startsWith('renewLock')).length;
    expect(renewals).toBeGreaterThan(2);
    expect(renewals).toBeLessThanOrEqual(seconds + 1);
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
