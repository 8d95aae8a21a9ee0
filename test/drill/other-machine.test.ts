import { abortDrill, resumeDrill, runDrill, unfinishedDrill } from '../../lib/drill';
import { EAST, WEST } from './fake-world';
import { errorOf, Harness, Killed, MemoryJournals, stopAt } from './harness';

/** A process on a machine that has seen nothing of the drill. */
const elsewhere = (harness: Harness, journals = new MemoryJournals()) =>
  harness.process({ journals }).context;

/** Kills a switchover right after a step began or ended; what was copied until then is there. */
async function killedAt(harness: Harness, type: 'step-begin' | 'step-end', step: string, mode = {}) {
  const first = harness.process();
  stopAt(harness, type, step, first.kill);
  expect(await errorOf(runDrill(first.context, { to: WEST, ...mode }))).toBeInstanceOf(Killed);
  harness.journals.onAppend = () => undefined;
}

test('a drill whose machine is lost goes on elsewhere, from any record, without a second switchover', async () => {
  const reference = new Harness();
  await runDrill(reference.process().context, { to: WEST });
  for (let at = 1; at < reference.journals.appends; at++) {
    const harness = new Harness();
    const first = harness.process();
    harness.journals.onAppend = count => {
      if (count < at) return;
      first.kill();
      throw new Killed();
    };
    await errorOf(runDrill(first.context, { to: WEST }));
    const { report } = await runDrill(elsewhere(harness), { to: WEST });
    expect([at, report.outcome]).toEqual([at, 'done']);
    expect([at, harness.world.switchovers]).toEqual([at, 1]);
    expect(harness.world.violations).toEqual([]);
  }
});

test('what another machine did is known where the drill began, too', async () => {
  const harness = new Harness();
  await killedAt(harness, 'step-begin', 'wait-lease');
  expect((await abortDrill(elsewhere(harness))).report.outcome).toBe('aborted');
  const { context } = harness.process();
  expect(unfinishedDrill(context)).toBeDefined();
  expect((await errorOf(resumeDrill(context))).code).toBe('not-found');
  expect(unfinishedDrill(context)).toBeUndefined();
  expect(harness.events.filter(({ code }) => code === 'drill.journal.taken')).toHaveLength(2);
});

test('another drill is not begun elsewhere while one is open', async () => {
  const harness = new Harness();
  await killedAt(harness, 'step-begin', 'wait-writer');
  const error = await errorOf(
    runDrill(elsewhere(harness), { to: WEST, mode: 'failover', acceptDataLoss: true }),
  );
  expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining('did not end') });
});

describe('a journal that cannot be copied', () => {
  const denied = (harness: Harness, from = 0) => {
    harness.world.faults = (name, count) =>
      name === 'writeJournalCopy' && count >= from ? 'denied' : 'none';
  };

  test('keeps a planned move from beginning', async () => {
    const harness = new Harness();
    denied(harness);
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report).toMatchObject({ outcome: 'rolled-back', epoch: { before: 1, after: 1 } });
    expect(report.reason).toContain('access denied');
    expect(harness.world.history).toHaveLength(1);
  });

  test('keeps it from moving the database, and it goes back', async () => {
    const harness = new Harness();
    stopAt(harness, 'step-end', 'announce-promotion', () => denied(harness));
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('rolled-back');
    expect([harness.world.switchovers, harness.world.register.record.region]).toEqual([0, EAST]);
  });

  test('is waited for while the table does not answer', async () => {
    const harness = new Harness();
    harness.world.faults = (name, count) => (name === 'writeJournalCopy' && count < 6 ? 'throttle' : 'none');
    expect((await runDrill(harness.process().context, { to: WEST })).report.outcome).toBe('done');
    expect(harness.world.switchovers).toBe(1);
  });

  const failover = { mode: 'failover', acceptDataLoss: true } as const;

  test('does not hold a failover up, and is told', async () => {
    const harness = new Harness();
    harness.world.lost = EAST;
    denied(harness);
    const { report } = await runDrill(harness.process().context, { to: WEST, ...failover });
    expect(report.outcome).toBe('done');
    expect(harness.events.filter(({ code }) => code === 'drill.journal.alone')).toHaveLength(1);
  });

  test('of a failover that is taken up elsewhere may lack that the move was sent: there is no way back', async () => {
    const harness = new Harness();
    harness.world.lost = EAST;
    stopAt(harness, 'step-end', 'fence', () => denied(harness));
    const first = harness.process();
    const { onAppend } = harness.journals;
    harness.journals.onAppend = (count, line) => {
      onAppend(count, line);
      if (line.includes('"type":"act-answered"')) first.kill();
    };
    await errorOf(runDrill(first.context, { to: WEST, ...failover }));
    harness.world.faults = () => 'none';
    expect((await errorOf(abortDrill(elsewhere(harness)))).code).toBe('refused');
    expect((await resumeDrill(elsewhere(harness))).report.outcome).toBe('done');
    expect(harness.world.switchovers).toBe(1);
  });
});
