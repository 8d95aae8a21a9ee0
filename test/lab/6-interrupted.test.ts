import { strikeLab } from '../../lib/lab';
import { runCli, startCli } from '../helpers/cli';
import { ROOT } from '../helpers/sources';
import { eventually, healthy, order, SEED, STANDBY, status } from './lab';

const register = async () => (await status()).register?.record;

beforeEach(healthy);

test('Ctrl-C before the promotion: the old Region is active again, at a new epoch', async () => {
  const before = await register();
  expect(before?.region).toBe(STANDBY);
  const drill = startCli(['drill', 'switchover', '--to', SEED, '--rate', '0', '--json']);
  await drill.saw('wait until the last lease');
  drill.kill('SIGINT');
  const { exitCode, stdout } = await drill.result;
  expect(exitCode).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'aborted' });
  const after = await register();
  expect(after).toMatchObject({ phase: 'active', region: STANDBY });
  expect(after?.epoch).toBeGreaterThan(before?.epoch ?? 0);
  await eventually('writes again', async () => (await order(STANDBY)).status === 201);
});

test('SIGKILL in the middle: resume waits until the dead process no longer binds, and goes on to the end', async () => {
  const before = await register();
  const drill = startCli(['drill', 'switchover', '--to', SEED, '--rate', '0']);
  await drill.saw('switch the global database over');
  drill.kill('SIGKILL');
  await drill.result;
  const resumed = await eventually('the resumed drill', async () => {
    const { exitCode, stdout } = await runCli(['drill', 'resume', '--json']);
    return exitCode === 0 ? JSON.parse(stdout) : undefined;
  });
  expect(resumed).toMatchObject({ outcome: 'done', to: SEED, resumed: true });
  expect(await register()).toEqual({ epoch: (before?.epoch ?? 0) + 1, phase: 'active', region: SEED });
  await eventually('writes in the new Region', async () => (await order(SEED)).status === 201);
  expect((await order(STANDBY)).status).toBe(503);
});

test('a clone, the worker and the cache of the new Region die in the middle: the drill goes on', async () => {
  const drill = startCli(['drill', 'switchover', '--to', STANDBY, '--rate', '30', '--json']);
  await drill.saw('wait until the last lease');
  for (const target of ['clone', 'worker', 'cache'] as const) {
    await strikeLab(ROOT, { action: 'kill', target, region: STANDBY });
  }
  const { stdout } = await drill.result;
  const { outcome, writes } = JSON.parse(stdout);
  expect(outcome).toBe('done');
  expect(writes).toMatchObject({ lost: 0, duplicateEffects: 0, unfulfilled: 0, unacknowledged: 0 });
  expect((await register())?.region).toBe(STANDBY);
});

test('with nothing unfinished, resume and abort say so', async () => {
  for (const command of ['resume', 'abort']) {
    const { exitCode, stderr } = await runCli(['drill', command]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no unfinished drill');
  }
});
