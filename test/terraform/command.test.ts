import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootModules } from '../../lib/cli/terraform-runs';
import { runCli } from '../helpers/cli';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-terraform-command-'));
  const region = path.join(folder, 'stacks', 'us-east-2');
  mkdirSync(region, { recursive: true });
  writeFileSync(path.join(region, 'cdk.tf.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['nothing was written', ['validate', '--in', '/nowhere'], 'not-found', 'run holdfast terraform synth'],
  [
    'a Region that was not written',
    ['validate', '--region', 'mars', '--binary', 'true'],
    'not-found',
    'name one of us-east-2',
  ],
  ['no Terraform', ['plan-check', '--binary', '/no/such/terraform'], 'environment', 'install Terraform 1.11'],
])('%s: exit 1, and what to do', async (_what, args, code, fix) => {
  const where = args.includes('--in') ? [] : ['--in', folder];
  const { exitCode, stdout } = await runCli(['terraform', ...args, ...where, '--json']);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  expect([exitCode, error.code]).toEqual([1, code]);
  expect(error.message).toContain(fix);
});

test('the folder of a Region that has left the topology is not planned', () => {
  const stale = path.join(folder, 'stacks', 'us-old-1');
  mkdirSync(stale);
  writeFileSync(path.join(stale, 'cdk.tf.json'), '{}');
  const regions = () => rootModules(folder).map(({ region }) => region);
  expect(regions()).toEqual(['us-east-2', 'us-old-1']);
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ stacks: { 'us-east-2': {} } }));
  expect(regions()).toEqual(['us-east-2']);
});
