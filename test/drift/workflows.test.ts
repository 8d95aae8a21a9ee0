import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../helpers/sources';

const LINTER = path.join(ROOT, 'node_modules', '@tktco', 'node-actionlint', 'bin', 'node-actionlint.js');
const NIGHTLY = 'drift-nightly.yml';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-workflows-'));
  cpSync(path.join(ROOT, 'examples', 'ci'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The workflows under the linter of GitHub's workflows, by its own command. */
function lint() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LINTER, 'drift-*.yml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, text: `${stdout}${stderr}` };
}

test('the workflows of the examples pass the linter', () => {
  const { status, text } = lint();
  expect(text).toContain('2 workflow file(s)');
  expect(status).toBe(0);
});

test('the linter does find what is wrong', () => {
  const file = path.join(folder, NIGHTLY);
  writeFileSync(file, readFileSync(file, 'utf8').replace('runs-on:', 'runs-in:'));
  const { status, text } = lint();
  expect(text).toContain('unexpected key "runs-in"');
  expect(status).toBe(1);
});
