import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../helpers/sources';

test('the table of replacements is what its script writes from the pinned schema', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-schema-'));
  try {
    const file = path.join(folder, 'table.json');
    execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'replacement.mjs'), file]);
    const kept = readFileSync(path.join(ROOT, 'lib', 'drift', 'schema', 'replacement.json'), 'utf8');
    expect(readFileSync(file, 'utf8') === kept).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
