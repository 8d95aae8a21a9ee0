import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorker, MOST_KILOBYTES } from '../../bench/worker/bundle';

jest.setTimeout(60_000);

const ROOT = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-worker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['lean', 'lean'],
  ['whole', 'whole'],
  ['chain', 'whole'],
] as const)('the %s bundle of a queue worker weighs no more than it may', async (name, limit) => {
  expect(await bundleWorker(ROOT, folder, name)).toBeLessThanOrEqual(MOST_KILOBYTES[limit]);
});

test('the whole bundle runs by itself', () => {
  const script = `import(${JSON.stringify(path.join(folder, 'whole.mjs'))})
    .then(({ handler }) => handler({ Records: [] }))
    .then(answer => process.stdout.write(JSON.stringify(answer)))`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
  expect(stdout).toBe('{"batchItemFailures":[]}');
});
