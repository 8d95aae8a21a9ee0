#!/usr/bin/env node
// Runs every jest project: first what may run side by side, then the lab, serially. Ends with one line of totals.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-test-'));
const total = { passed: 0, failed: 0 };

/** Where it cannot be had, its tests fail and say so. */
function findTerraform() {
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'scripts', 'terraform.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return stdout.trim() || undefined;
}

function run(name, ...args) {
  const report = path.join(folder, `${name}.json`);
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  spawnSync(process.execPath, [jest, '--ci', ...args, '--json', `--outputFile=${report}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numTotalTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  total.passed += numPassedTests;
  total.failed += numFailedTests + numRuntimeErrorTestSuites + (numTotalTests === 0 ? 1 : 0);
}

try {
  // Where it cannot be had, the tests that need it say so themselves.
  spawnSync(process.execPath, [path.join(root, 'scripts', 'chromium.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // Jest leaves a core free by default; on a machine of two that is half of it.
  run('side-by-side', '--selectProjects', 'unit', 'proofs', '--maxWorkers=100%');
  const all = process.argv.includes('--all');
  // Terraform itself takes half a minute, and must first be there.
  if (all) process.env.HOLDFAST_TERRAFORM ??= findTerraform() ?? 'terraform';
  if (all) run('terraform', '--selectProjects', 'terraform', '--runInBand');
  else
    process.stderr.write('left out: test/terraform-core, Terraform itself; npm test -- --all runs it too\n');
  // A deploy through the CDK's command line takes a minute; the laws in the lab are made of them. Releases take as long.
  if (!all)
    process.stderr.write(
      'left out: test/lab/7-laws and 7-releases, deploys into the lab, and 7-drift; npm test -- --all runs them too\n',
    );
  run(
    'lab',
    '--selectProjects',
    'lab',
    '--runInBand',
    ...(all ? [] : ['--testPathIgnorePatterns', '/7-(drift|laws|releases)']),
  );
} catch (error) {
  total.failed += 1;
  process.stderr.write(`${error.stack}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
