import { abortDrill, resumeDrill, runDrill } from '../../lib/drill';
import type { DrillLock } from '../../lib/ports';
import { EAST, HOST, WEST } from './fake-world';
import { errorOf, Harness, stopAt } from './harness';

const sent = (harness: Harness) => harness.world.log.filter(call => call.startsWith('startSwitchover'));
const journalOf = (harness: Harness) => [...harness.journals.files.values()].join('');

describe('the last look before the point of no return', () => {
  test('a register that is gone is no leave to switch the database', async () => {
    const harness = new Harness();
    const { context } = harness.process();
    let gone = false;
    stopAt(harness, 'step-begin', 'switch-database', () => {
      gone = true;
    });
    const cloud: typeof context.cloud = {
      ...context.cloud,
      readRegister: async region => (gone ? undefined : context.cloud.readRegister(region)),
    };
    const { report } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(sent(harness)).toEqual([]);
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toContain('the register is gone');
  });

  test('a lock that was lost while it looked keeps the act from being sent', async () => {
    const harness = new Harness();
    const { context } = harness.process();
    let looking = false;
    stopAt(harness, 'step-begin', 'switch-database', () => {
      looking = true;
    });
    const paused = 3500;
    const cloud: typeof context.cloud = {
      ...context.cloud,
      // Only the last look reads the register in this step; the process is paused in it past its lease.
      readRegister: async region => {
        if (looking) {
          harness.world.lock = { ...(harness.world.lock as DrillLock), holder: 'somebody else' };
          await harness.clock.sleep(paused);
        }
        return context.cloud.readRegister(region);
      },
      renewLock: async (region, lock) => {
        if (looking) await harness.clock.sleep(paused);
        return context.cloud.renewLock(region, lock);
      },
    };
    const { report } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toContain('another drill is under way');
    expect(sent(harness)).toEqual([]);
    expect(journalOf(harness)).not.toMatch(/"type":"act","step":"switch-database"/);
  });
});

describe('a way back', () => {
  test('whose Region does not serve again is a safe stop that says so, and ends when it does', async () => {
    const harness = new Harness();
    harness.world.faults = name => (name === 'startSwitchover' ? 'denied' : 'none');
    stopAt(harness, 'step-begin', 'switch-database', () => harness.world.silent.add(`${EAST}.${HOST}`));
    const { report, exitCode } = await runDrill(harness.process().context, { to: WEST });
    expect(harness.world.register.record).toEqual({ epoch: 3, phase: 'active', region: EAST });
    expect(report).toMatchObject({ outcome: 'safe-stop', next: `holdfast drill resume ${report.id}` });
    expect(report.reason).toContain('access denied');
    expect(report.reason).toMatch(/us-east-2 .*does not report ready after \d+ s/);
    expect(report.reason).toMatch(/the register names us-east-2; not verified/);
    expect(exitCode).toBe(2);

    harness.world.silent.clear();
    harness.world.faults = () => 'none';
    expect((await resumeDrill(harness.process().context)).report.outcome).toBe('rolled-back');
  });

  test('is not proven by a Region that still serves under its old lease', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    const { context } = harness.process({ signal: abort.signal });
    stopAt(harness, 'step-begin', 'wait-lease', () => abort.abort());
    const outside: typeof context.outside = {
      ...context.outside,
      request: async request => {
        const answer = await context.outside.request(request);
        const old = request.host === `${EAST}.${HOST}` && request.path === '/readyz';
        return old ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), epoch: 1 }) } : answer;
      },
    };
    const { report } = await runDrill({ ...context, outside }, { to: WEST });
    expect(harness.world.register.record).toMatchObject({ epoch: 3, phase: 'active', region: EAST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toMatch(/the register names us-east-2; not verified/);
  });

  test('that a person asked for ends aborted only when the old Region serves', async () => {
    const harness = new Harness();
    const first = harness.process();
    stopAt(harness, 'step-begin', 'wait-lease', first.kill);
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    harness.world.silent.add(`${EAST}.${HOST}`);
    const { report } = await abortDrill(harness.process().context);
    expect(report.outcome).toBe('safe-stop');
    harness.world.silent.clear();
    expect((await abortDrill(harness.process().context)).report.outcome).toBe('aborted');
  });
});

describe('who writes, after a safe stop', () => {
  test('is told by the Region itself where it answers', async () => {
    const harness = new Harness();
    stopAt(harness, 'step-end', 'activate', () => harness.world.silent.add(`gate-${WEST}.${HOST}`));
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('safe-stop');
    expect(report.reason).toMatch(/us-west-2 accepts writes$/);
  });
});

describe('a standby whose lag the service cannot tell', () => {
  const cases = [
    { name: 'is not measured any more', seconds: undefined, age: 1, says: /has a lag that is not measured/ },
    { name: 'was measured too long ago', seconds: 0.1, age: 301, says: /has a lag that is not measured/ },
    { name: 'lags by its metric', seconds: 9, age: 1, says: /lags 9.0 s behind/ },
  ];
  test.each(cases)('before the promotion: one that $name is not promoted', async ({ seconds, age, says }) => {
    const harness = new Harness();
    harness.world.readyLagSeconds = undefined;
    stopAt(harness, 'step-end', 'wait-lease', () => {
      harness.world.lagSeconds = seconds;
      harness.world.lagAgeSeconds = age;
    });
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('rolled-back');
    expect(report.reason).toMatch(says);
    expect(sent(harness)).toEqual([]);
  });

  test('is promoted where a person accepted that the lag is unknown', async () => {
    const harness = new Harness();
    harness.world.readyLagSeconds = undefined;
    harness.world.lagSeconds = undefined;
    const { report } = await runDrill(harness.process().context, { to: WEST, acceptUnknown: ['lag'] });
    expect(report.outcome).toBe('done');
  });

  test('has not settled while its metric is older than the move', async () => {
    const harness = new Harness();
    harness.world.readyLagSeconds = undefined;
    stopAt(harness, 'step-end', 'verify', () => {
      harness.world.lagAgeSeconds = 301;
    });
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(report.notes.join()).toMatch(/not measured/);
  });
});
