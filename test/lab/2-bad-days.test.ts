import { type LabFault, strikeLab } from '../../lib/lab';
import { ROOT } from '../helpers/sources';
import {
  acknowledges,
  connect,
  eventually,
  healthy,
  resolved,
  SEED,
  STANDBY,
  status,
  underLoad,
} from './lab';

const strike = (
  action: LabFault['action'],
  target: LabFault['target'],
  region: string,
  more: Partial<LabFault> = {},
) => strikeLab(ROOT, { action, target, region, ...more });

beforeEach(healthy);

const PROVE = process.env.HOLDFAST_PROVE === '1';
/** Writes a second, and how often each part is killed: at full size for two minutes and more. */
const RATE = PROVE ? 200 : 30;
const ROUNDS = PROVE ? 5 : 1;

/** The worker first: what it had in hand comes back after the queue's visibility, which the others' turns fill. */
const VICTIMS = [
  ['worker', SEED],
  ['clone', SEED],
  ['cache', SEED],
  ['database', SEED],
  ['database', STANDBY],
  ['gate', SEED],
] as const;

test(`SIGKILL of worker, clone, cache, both databases and gate, one after the other under ${RATE} writes a second: nothing is lost or done twice, and each comes back`, async () => {
  const measured = await underLoad(RATE, async load => {
    await acknowledges(load, RATE);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [target, region] of VICTIMS) {
        await strike('kill', target, region);
        await acknowledges(load, RATE * (PROVE ? 4 : 2));
      }
    }
    await healthy();
  });
  const { failed, total, acknowledged, refusedSeconds } = measured;
  process.stderr.write(
    `kills under load: ${ROUNDS * VICTIMS.length} kills, ${acknowledged} acknowledged, ${failed} of ${total} requests failed, longest pause ${refusedSeconds} s\n`,
  );
  expect(measured).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0, unacknowledged: 0 });
  expect(await resolved()).toEqual([connect().addresses[SEED]]);
}, 600_000);

/**
 * Which process holds its bytes back in each round, and for how many milliseconds each way. Clone and worker ask the
 * database six times for an order: with 5 ms a clone still does its half of the load. With 200 ms it does four orders a second
 * and turns the rest away, and the load's client, which may repeat a tenth of what it sends, never comes to its rate.
 */
const DELAYED = [
  ['clone', 5],
  ['worker', 5],
  ['gate', 200],
  ['clone', 5],
  ['worker', 5],
] as const;

// At full size alone: it takes two minutes and more.
if (PROVE) {
  test('the same with the network of one process delayed', async () => {
    const measured = await underLoad(RATE, async load => {
      await acknowledges(load, RATE);
      for (const [delayed, milliseconds] of DELAYED) {
        for (const [target, region] of VICTIMS) {
          // Again each time: what was killed comes back without it.
          await strike('delay', delayed, SEED, { milliseconds });
          await strike('kill', target, region);
          await acknowledges(load, RATE * 4);
        }
        await strike('mend', delayed, SEED);
      }
      await healthy();
    });
    const { failed, total, acknowledged, refusedSeconds } = measured;
    process.stderr.write(
      `kills under load, one process delayed: ${DELAYED.length * VICTIMS.length} kills, ${acknowledged} acknowledged, ${failed} of ${total} requests failed, longest pause ${refusedSeconds} s\n`,
    );
    expect(measured).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0, unacknowledged: 0 });
    expect(await resolved()).toEqual([connect().addresses[SEED]]);
  }, 600_000);
}

test('deep health alone moves nothing: with every clone of the active Region down, the name stays', async () => {
  const { addresses, timeScale } = connect();
  await strike('hold', 'clone', SEED);
  try {
    await eventually('no clone in the active Region', async () => {
      const region = (await status()).regions.find(each => each.region === SEED);
      return region?.instances.every(instance => instance.entry !== 'service' || !instance.running);
    });
    // Twice as long as each check takes to reach its threshold: the answers are the server's own, of no age.
    const enough = 1000 * ((2 * (10 * 2)) / timeScale);
    const until = performance.now() + enough;
    while (performance.now() < until) {
      expect(await resolved()).toEqual([addresses[SEED]]);
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  } finally {
    await strike('release', 'clone', SEED);
  }
});
