import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configFile } from '../../../lib/runtime/config/config-file';

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-config-'));
const file = path.join(folder, 'last-good.json');
const STORED = { content: '{"cacheSeconds":5}', version: 'v1', confirmedAt: '2026-01-01T00:00:00.000Z' };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what was written is read, whole, and nothing is left beside it', async () => {
  const store = configFile(file);
  expect(await store.read()).toBeUndefined();
  await store.write(STORED);
  await store.write({ ...STORED, version: 'v2' });
  expect(await configFile(file).read()).toEqual({ ...STORED, version: 'v2' });
  expect(readdirSync(folder)).toEqual(['last-good.json']);
});

test.each([
  ['cut off', (text: string) => text.slice(0, -9)],
  ['changed', (text: string) => text.replace(':5', ':6')],
  ['not ours', () => '{"content":"{}"}'],
  ['empty', () => ''],
])('a file that is %s is none', async (_what, damage) => {
  const store = configFile(file);
  await store.write(STORED);
  writeFileSync(file, damage(readFileSync(file, 'utf8')));
  expect(await store.read()).toBeUndefined();
});

test('a folder that is not there is told', async () => {
  await expect(configFile(path.join(folder, 'none', 'x')).write(STORED)).rejects.toThrow(/ENOENT/);
});
