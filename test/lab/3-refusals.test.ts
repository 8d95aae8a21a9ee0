import { strikeLab } from '../../lib/lab';
import { runCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { connect, eventually, healthy, order, SEED, STANDBY, status, topology } from './lab';

/** Milliseconds beyond what the RPO allows at the lab's time scale. */
const LAG_LIMIT = (1000 * topology.objectives.rpoSeconds) / connect().timeScale + 500;

/** Milliseconds that the standby is behind, as the lab sees it; undefined while it is not known. */
const standbyLag = async () => (await status()).regions.find(each => each.region === STANDBY)?.database?.lag;

const drill = (...args: string[]) => runCli(['drill', 'switchover', '--rate', '0', ...args]);

beforeEach(healthy);

test('a Region that is not in the topology is refused, with the Regions there are', async () => {
  const { exitCode, stderr } = await drill('--to', 'eu-west-1');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('eu-west-1');
  expect(stderr).toContain(`${SEED}, ${STANDBY}`);
});

test('a move to the Region that is active already is refused', async () => {
  const { exitCode, stderr } = await drill('--to', SEED);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${SEED} is already active`);
});

test('a standby that lags too far is refused, with its lag, and nothing moves', async () => {
  await strikeLab(ROOT, { action: 'pause', target: 'database', region: STANDBY });
  try {
    await eventually('a lag beyond the RPO', async () => {
      await order(SEED);
      return ((await standbyLag()) ?? 0) > LAG_LIMIT;
    });
    const { exitCode, stdout } = await drill('--to', STANDBY, '--json');
    const report = JSON.parse(stdout);
    expect(exitCode).toBe(2);
    expect(report).toMatchObject({ outcome: 'refused', epoch: { before: 1, after: 1 } });
    expect(report.reason).toMatch(/lag: failed/);
  } finally {
    await strikeLab(ROOT, { action: 'resume', target: 'database', region: STANDBY });
    await eventually('a standby in step again', async () => ((await standbyLag()) ?? LAG_LIMIT) < 1000);
  }
});

test('a standby whose clones are all down is refused, and nothing moves', async () => {
  await strikeLab(ROOT, { action: 'hold', target: 'clone', region: STANDBY });
  try {
    await eventually('no healthy clone in the standby', async () => {
      const region = (await status()).regions.find(each => each.region === STANDBY);
      return region?.instances.every(instance => instance.health !== 'healthy');
    });
    const { exitCode, stdout } = await drill('--to', STANDBY, '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'refused', epoch: { before: 1, after: 1 } });
  } finally {
    await strikeLab(ROOT, { action: 'release', target: 'clone', region: STANDBY });
  }
});
