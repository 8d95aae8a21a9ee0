import { type DrillContext, type JobCounts, runDrill } from '../../lib/drill';
import { EAST, WEST } from './fake-world';
import { Harness } from './harness';

const NONE = { waiting: 0, inWork: 0, delayed: 0 };
const CLEAN: JobCounts = { owed: 0, unsent: 0, parked: 0 };

async function moved(
  harness: Harness,
  jobs?: DrillContext['jobs'],
  mode: 'switchover' | 'failover' = 'switchover',
) {
  const { context } = harness.process({ jobs });
  const { report } = await runDrill(context, { to: WEST, mode, acceptDataLoss: true });
  expect(report.outcome).toBe('done');
  return report;
}

test('what is stranded in the old Region is replayed, and counted again until it is gone', async () => {
  const harness = new Harness();
  harness.world.queues[EAST] = { work: { ...NONE, waiting: 7 }, dead: NONE };
  const replays: string[] = [];
  const report = await moved(harness, {
    counts: async () => CLEAN,
    replayStranded: async region => {
      replays.push(region);
      if (replays.length === 2) harness.world.queues[EAST] = undefined;
    },
  });
  expect(replays).toEqual([EAST, EAST]);
  expect(report.reconciliation).toMatchObject({ jobs: CLEAN, cache: 'warm', open: [] });
  expect(report.reconciliation?.queues).toEqual(
    [EAST, WEST].map(region => ({ region, work: NONE, dead: NONE })),
  );
  expect(report.notes).toEqual([]);
});

test('it waits until every open row was sent under the new epoch, and the cache is warm', async () => {
  const harness = new Harness();
  let looks = 0;
  harness.world.warmUp = 'warming';
  const report = await moved(harness, {
    counts: async () => {
      looks += 1;
      if (looks > 5) harness.world.warmUp = 'warm';
      return { owed: 4, unsent: Math.max(0, 3 - looks), parked: 0 };
    },
    replayStranded: async () => undefined,
  });
  expect(looks).toBeGreaterThan(5);
  expect(report.reconciliation).toMatchObject({ jobs: { owed: 4, unsent: 0 }, cache: 'warm' });
});

test('what does not end is given up and named; the drill is done', async () => {
  const harness = new Harness();
  const report = await moved(harness, {
    counts: async () => ({ owed: 4, unsent: 4, parked: 0 }),
    replayStranded: async () => undefined,
  });
  expect(report.notes.join()).toMatch(/reconcile was not finished after .* 4 of 4 owed jobs were not sent/);
});

test('what cannot be looked at is told with the next command, and is never zero', async () => {
  const harness = new Harness();
  harness.world.queues[EAST] = { work: { ...NONE, waiting: 7 }, dead: { ...NONE, waiting: 2 } };
  const { reconciliation } = await moved(harness);
  expect(reconciliation).toMatchObject({ jobs: null });
  expect(reconciliation?.open).toEqual([
    expect.stringContaining(`2 dead letters in ${EAST}`),
    expect.stringContaining(`what ${WEST} owes was not looked at`),
    expect.stringContaining(`7 messages lie in ${EAST}: \`holdfast jobs replay --state stranded\``),
  ]);
});

test('queues that do not answer are not empty', async () => {
  const harness = new Harness();
  harness.world.faults = name => (name === 'queueDepths' ? 'denied' : 'none');
  const { reconciliation } = await moved(harness, {
    counts: async () => Promise.reject(new Error('no route')),
    replayStranded: async () => undefined,
  });
  expect(reconciliation?.queues).toEqual([]);
  expect(reconciliation?.open.join()).toMatch(/us-east-2 were not looked at.*us-west-2 were not.*no route/);
});

test('after a failover nothing is asked of the Region that is lost, and that is said', async () => {
  const harness = new Harness();
  harness.world.lost = EAST;
  harness.world.warmUp = 'failed';
  const report = await moved(
    harness,
    {
      counts: async () => ({ ...CLEAN, parked: 3 }),
      replayStranded: async () => Promise.reject(new Error('asked')),
    },
    'failover',
  );
  expect(harness.world.log.filter(call => call === `queueDepths@${EAST}`)).toEqual([]);
  expect(report.reconciliation?.open).toEqual([
    expect.stringContaining('when it is back'),
    expect.stringContaining('3 messages are parked'),
    expect.stringContaining('could not be warmed'),
  ]);
});
