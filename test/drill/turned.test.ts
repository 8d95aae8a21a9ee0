import { abortDrill, resumeDrill, runDrill } from '../../lib/drill';
import { EAST, HOST, WEST } from './fake-world';
import { errorOf, Harness, stopAt } from './harness';

/** A switchover that is aborted at `promoting`, with the n-th raise of the register as given. */
async function abortedAtPromoting(raise: number, fault: 'throttle' | 'lost-answer'): Promise<Harness> {
  const harness = new Harness();
  const abort = new AbortController();
  stopAt(harness, 'step-end', 'announce-promotion', () => abort.abort());
  harness.world.faults = (name, count) => (name === 'raiseRegister' && count >= raise ? fault : 'none');
  const moves = () => {
    harness.world.writer = WEST;
  };
  harness.journals.onAppend = (_count, line) => {
    if (line.includes('"step-end"') && line.includes('announce-promotion')) abort.abort();
    // A person moves the database by hand, right after the way back has begun.
    if (line.includes('"rollback-act"')) void harness.clock.sleep(20).then(moves);
    if (line.includes('"turn"')) harness.world.faults = () => 'none';
  };
  await runDrill(harness.process({ signal: abort.signal }).context, { to: WEST });
  return harness;
}

describe('a way back in which the database was moved', () => {
  test.each([
    ['before the register had left promoting', 'throttle', 3],
    ['when the register had left promoting', 'lost-answer', 4],
  ] as const)('%s turns forward under a new epoch and ends done', async (_, fault, epoch) => {
    const harness = await abortedAtPromoting(2, fault);
    expect(harness.world.violations).toEqual([]);
    expect(harness.world.register.record).toEqual({ epoch, phase: 'active', region: WEST });
    expect(harness.world.switchovers).toBe(0);
    expect([...harness.journals.files.values()].join('')).toMatch(/"type":"turn".*"outcome":"done"/s);
  });

  test('is past the point of no return, and a killed one goes on forward', async () => {
    const harness = new Harness();
    const abort = new AbortController();
    const first = harness.process({ signal: abort.signal });
    harness.journals.onAppend = (_count, line) => {
      if (line.includes('"step-end"') && line.includes('announce-promotion')) abort.abort();
      if (line.includes('"rollback-act"'))
        harness.world.faults = name => (name === 'raiseRegister' ? 'throttle' : 'none');
      if (line.includes('"rollback-act"')) harness.world.writer = WEST;
      if (line.includes('"turn"')) void harness.clock.sleep(0).then(first.kill);
    };
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.journals.onAppend = () => undefined;
    harness.world.faults = () => 'none';
    expect((await errorOf(abortDrill(harness.process().context))).message).toMatch(/point of no return/);
    expect((await resumeDrill(harness.process().context)).report.outcome).toBe('done');
    expect(harness.world.register.record).toMatchObject({ phase: 'active', region: WEST });
    expect(harness.world.violations).toEqual([]);
  });
});

describe('a way back that is complete but for its Region', () => {
  test('does not keep a failover from beginning: that Region may be the one that is lost', async () => {
    const harness = new Harness();
    harness.world.faults = name => (name === 'startSwitchover' ? 'denied' : 'none');
    stopAt(harness, 'step-begin', 'switch-database', () => harness.world.silent.add(`${EAST}.${HOST}`));
    const stopped = await runDrill(harness.process().context, { to: WEST });
    expect(stopped.report.outcome).toBe('safe-stop');
    harness.world.faults = () => 'none';
    harness.world.lost = EAST;
    const { report } = await runDrill(harness.process().context, {
      mode: 'failover',
      to: WEST,
      acceptDataLoss: true,
      acceptUnknown: ['active', 'database', 'alarms'],
    });
    expect(report.outcome).toBe('done');
    expect(harness.world.register.record).toEqual({ epoch: 4, phase: 'active', region: WEST });
    expect(harness.world.violations).toEqual([]);
  });

  test('names the failover when its database was moved away in the last moment', async () => {
    const harness = new Harness();
    harness.world.faults = name => (name === 'startSwitchover' ? 'denied' : 'none');
    let raises = 0;
    const { context } = harness.process();
    const cloud: typeof context.cloud = {
      ...context.cloud,
      raiseRegister: async (region, raise) => {
        const raised = await context.cloud.raiseRegister(region, raise);
        raises += 1;
        if (raises === 5) harness.world.writer = WEST;
        return raised;
      },
    };
    const { report } = await runDrill({ ...context, cloud }, { to: WEST });
    expect(report).toMatchObject({
      outcome: 'safe-stop',
      next: `holdfast drill failover --to ${WEST} --accept-data-loss`,
    });
    expect(report.reason).toContain(`its database was moved to ${WEST}`);
  });
});

test('a process that stood still while it recorded its act, and cannot renew its lock, does not send it', async () => {
  const harness = new Harness();
  let renewals = 0;
  harness.journals.onAppend = (_count, line) => {
    if (line.includes('"type":"act"') && line.includes('switch-database')) {
      harness.journals.onAppend = () => undefined;
      harness.clock.skip(3500);
      renewals = 8;
      harness.world.faults = name => (name === 'renewLock' && renewals-- > 0 ? 'throttle' : 'none');
    }
  };
  const { report } = await runDrill(harness.process().context, { to: WEST });
  const journal = [...harness.journals.files.values()].join('');
  expect(journal).toMatch(/"act-refused","step":"switch-database","reason":"not sent/);
  expect(report.outcome).toBe('done');
  expect(harness.world.log.filter(call => call.startsWith('startSwitchover'))).toHaveLength(1);
});
