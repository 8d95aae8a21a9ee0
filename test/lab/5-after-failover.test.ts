import { strikeLab } from '../../lib/lab';
import { ROOT } from '../helpers/sources';
import { connect, eventually, healthy, order, resolved, SEED, STANDBY, status } from './lab';

/** The old Region is out: the name does not lead to it, and it takes no write. */
async function staysOut(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    expect(await resolved()).toEqual([connect().addresses[STANDBY]]);
    expect((await order(SEED)).status).toBe(503);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

/** Twice a check's whole detection time, at the lab's time scale: the answers are the server's own, of no age. */
const turnSeconds = () => (2 * (10 * 2)) / connect().timeScale + 1;

beforeEach(async () => {
  await healthy();
  expect((await status()).register?.record.region).toBe(STANDBY);
});

test.each([
  ['application', 'clone'],
  ['gate', 'gate'],
] as const)('the %s of the new active Region dies: the old Region stays out', async (_what, target) => {
  await strikeLab(ROOT, { action: 'hold', target, region: STANDBY });
  try {
    await staysOut(turnSeconds());
  } finally {
    await strikeLab(ROOT, { action: 'release', target, region: STANDBY });
  }
});

test('the new active Region loses its register: it stops writing, and the old Region stays out', async () => {
  const { gateway } = connect();
  await gateway.setReachable(STANDBY, false);
  try {
    await eventually('the active Region without a lease', async () => (await order(STANDBY)).status === 503);
    await staysOut(turnSeconds());
  } finally {
    await gateway.setReachable(STANDBY, true);
  }
  // By every clone: each takes its lease in its own time.
  await eventually('writes again', async () => {
    for (let taken = 0; taken < 10; taken += 1) if ((await order(STANDBY)).status !== 201) return false;
    return true;
  });
});

test('losing the witness alone, or the standby alone, stops nothing', async () => {
  const { gateway } = connect();
  for (const region of ['us-east-1', SEED]) {
    await gateway.setReachable(region, false);
    try {
      const until = performance.now() + (10_000 / connect().timeScale) * 2;
      while (performance.now() < until) expect((await order(STANDBY)).status).toBe(201);
    } finally {
      await gateway.setReachable(region, true);
    }
  }
});
