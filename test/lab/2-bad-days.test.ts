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

const strike = (action: LabFault['action'], target: LabFault['target'], region: string) =>
  strikeLab(ROOT, { action, target, region });

beforeEach(healthy);

test.each([
  ['a clone of the active Region', 'clone', SEED],
  ['the worker of the active Region', 'worker', SEED],
  ['the cache of the active Region', 'cache', SEED],
  ['the standby database', 'database', STANDBY],
  ['the gate of the active Region', 'gate', SEED],
] as const)(
  'SIGKILL of %s under load: writes go on, nothing is lost or done twice, it comes back',
  async (_what, target, region) => {
    const measured = await underLoad(30, async load => {
      await acknowledges(load, 30);
      await strike('kill', target, region);
      await acknowledges(load, 90);
      await healthy();
    });
    expect(measured).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0, unacknowledged: 0 });
    expect(await resolved()).toEqual([connect().addresses[SEED]]);
  },
);

test('deep health alone moves nothing: with every clone of the active Region down, the name stays', async () => {
  const { addresses, timeScale } = connect();
  await strike('hold', 'clone', SEED);
  try {
    await eventually('no clone in the active Region', async () => {
      const region = (await status()).regions.find(each => each.region === SEED);
      return region?.instances.every(instance => instance.entry !== 'service' || !instance.running);
    });
    // Long enough for each check to have been made as often as its threshold, and for answers to expire.
    const enough = 1000 * ((10 * 2 + 60) / timeScale);
    const until = performance.now() + enough;
    while (performance.now() < until) {
      expect(await resolved()).toEqual([addresses[SEED]]);
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  } finally {
    await strike('release', 'clone', SEED);
  }
});
