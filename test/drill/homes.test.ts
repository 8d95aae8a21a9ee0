import { abortDrill, resumeDrill, runDrill, unfinishedDrill } from '../../lib/drill';
import { WEST } from './fake-world';
import { errorOf, Harness, Killed, SETTINGS, stopAt } from './harness';

const ofHome = (home: string) => ({ settings: { ...SETTINGS, home } });

test('plan, report and what a person reads name the home that is moved', async () => {
  const { report } = await runDrill(new Harness().process(ofHome('east')).context, { to: WEST });
  expect(report).toMatchObject({ outcome: 'done', home: 'east' });
});

test('a drill that stands open is of one home: no other takes it up, and it keeps no other from moving', async () => {
  const harness = new Harness();
  const first = harness.process(ofHome('east'));
  stopAt(harness, 'step-begin', 'wait-lease', first.kill);
  expect(await errorOf(runDrill(first.context, { to: WEST }))).toBeInstanceOf(Killed);
  harness.journals.onAppend = () => undefined;
  const west = harness.process(ofHome('west')).context;
  expect(unfinishedDrill(west)).toBeUndefined();
  expect(await errorOf(resumeDrill(west))).toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('of home west'),
  });
  const east = harness.process(ofHome('east')).context;
  expect(unfinishedDrill(east)?.plan.home).toBe('east');
  const error = await errorOf(runDrill(east, { to: WEST, mode: 'failover', acceptDataLoss: true }));
  expect(error.message).toMatch(/holdfast drill resume \S+ --home east/);
  expect((await abortDrill(east)).report).toMatchObject({ outcome: 'aborted', home: 'east' });
});
