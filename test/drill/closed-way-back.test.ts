import { abortDrill, resumeDrill, runDrill } from '../../lib/drill';
import { WEST } from './fake-world';
import { errorOf, Harness } from './harness';

const REQUEST = {
  mode: 'failover',
  to: WEST,
  acceptDataLoss: true,
  acceptUnknown: ['active', 'database'],
} as const;

/** A failover to a Region whose database a person has promoted already, up to the denied raise of that number. */
async function stoppedAt(denied: number): Promise<Harness> {
  const harness = new Harness();
  harness.world.lost = 'us-east-1';
  harness.world.writer = WEST;
  let raises = 0;
  harness.world.faults = name => (name === 'raiseRegister' && ++raises === denied ? 'denied' : 'none');
  const { report } = await runDrill(harness.process().context, REQUEST);
  expect(report.outcome).toBe('safe-stop');
  harness.world.faults = () => 'none';
  return harness;
}

test('where the database was promoted already there is no way back, and the way on stays open', async () => {
  const harness = await stoppedAt(3);
  expect(harness.world.register.record.phase).toBe('promoting');
  expect((await errorOf(abortDrill(harness.process().context))).message).toMatch(/point of no return/);
  const { report } = await resumeDrill(harness.process().context);
  expect(report.outcome).toBe('done');
  expect(harness.world.register.record).toEqual({ epoch: 2, phase: 'active', region: WEST });
});

test('an abort that finds the way back closed does not close the way on', async () => {
  const harness = await stoppedAt(2);
  expect(harness.world.register.record.phase).toBe('fencing');
  // The raise that was denied has landed, and the look at the database was never taken.
  harness.world.register = {
    ...harness.world.register,
    record: { ...harness.world.register.record, phase: 'promoting' },
  };
  const aborted = await abortDrill(harness.process().context);
  expect(aborted.report.reason).toMatch(/way back is closed/);
  const { report } = await resumeDrill(harness.process().context);
  expect(report.outcome).toBe('done');
  expect(harness.world.register.record).toEqual({ epoch: 2, phase: 'active', region: WEST });
});
