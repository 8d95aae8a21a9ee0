import { runDrill, unfinishedDrill } from '../../lib/drill';
import { Journal } from '../../lib/drill/run/journal';
import { closePlanless } from '../../lib/drill/run/planless';
import { WEST } from './fake-world';
import { errorOf, Harness, stopAt } from './harness';

const journalOf = (harness: Harness, id: string) => new Journal(harness.journals.open(id), harness.clock.now);

test('the newest drill is the one that began last, whatever its mode is called', async () => {
  const harness = new Harness();
  const ids = ['switchover-20261126-090000-0001', 'failback-20261126-100000-0001'];
  const { context } = harness.process();
  const plan = { version: 1, steps: [] } as never;
  for (const id of [...ids].reverse()) {
    const journal = journalOf(harness, id);
    journal.append({ type: 'begin', id, mode: 'switchover', to: WEST });
    journal.append({ type: 'plan', plan: { ...(plan as object), id } as never, checks: [] });
  }
  expect(unfinishedDrill(context)?.plan.id).toBe(ids[1]);
  expect(unfinishedDrill(context, ids[0])?.plan.id).toBe(ids[0]);
});

describe('a drill whose process died in its preflight', () => {
  const dead = async () => {
    const harness = new Harness();
    const first = harness.process();
    harness.world.faults = name => {
      if (name === 'alarms') first.kill();
      return 'none';
    };
    await errorOf(runDrill(first.context, { to: WEST }));
    harness.world.faults = () => 'none';
    const [id = ''] = harness.journals.ids();
    return { harness, id };
  };

  test('is nothing to resume, and is closed by the next drill once nobody can drive it any more', async () => {
    const { harness, id } = await dead();
    expect(journalOf(harness, id).planless).toBe(true);
    expect(unfinishedDrill(harness.process().context)).toBeUndefined();
    await harness.clock.sleep(16 * 60_000);
    const { report } = await runDrill(harness.process().context, { to: WEST });
    expect(report.outcome).toBe('done');
    expect(journalOf(harness, id).last('end')).toMatchObject({ outcome: 'aborted' });
    expect(journalOf(harness, id).last('end')?.reason).toContain('nothing was changed');
  });

  test('is left alone while it may only be waiting for the lock', async () => {
    const { harness, id } = await dead();
    await runDrill(harness.process().context, { to: WEST });
    expect(journalOf(harness, id).unfinished).toBe(true);
  });
});

test('a drill with a plan is never closed as a leftover', async () => {
  const harness = new Harness();
  const first = harness.process();
  stopAt(harness, 'step-begin', 'wait-lease', first.kill);
  await errorOf(runDrill(first.context, { to: WEST }));
  await harness.clock.sleep(60 * 60_000);
  const [id = ''] = harness.journals.ids();
  closePlanless(harness.process().context, harness.journals, 'another');
  expect(journalOf(harness, id).unfinished).toBe(true);
});
