import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';
import { type ChildResult, runChild } from './child';
import type { CommandContext } from './context';

/** What was written for a Region. */
export interface RootModule {
  readonly region: string;
  readonly folder: string;
}

/**
 * The root modules below a folder of `holdfast terraform synth`.
 *
 * @throws HoldfastError `not-found` when there is none
 */
export function rootModules(folder: string): readonly RootModule[] {
  const stacks = path.join(folder, 'stacks');
  const names = writtenRegions(folder) ?? (existsSync(stacks) ? readdirSync(stacks).sort() : []);
  const found = names
    .map(region => ({ region, folder: path.join(stacks, region) }))
    .filter(module => existsSync(path.join(module.folder, 'cdk.tf.json')));
  if (found.length > 0) return found;
  throw new HoldfastError('not-found', 'there is no Terraform configuration', [
    { path: folder, message: 'holds no stacks/<region>/cdk.tf.json', fix: 'run holdfast terraform synth' },
  ]);
}

/** Regions of the last synth: the folder of one that has left the topology may still be there. */
function writtenRegions(folder: string): readonly string[] | undefined {
  const manifest = path.join(folder, 'manifest.json');
  if (!existsSync(manifest)) return undefined;
  return Object.keys((JSON.parse(readFileSync(manifest, 'utf8')) as { stacks: object }).stacks).sort();
}

/**
 * The Terraform, or OpenTofu, to run.
 *
 * @throws HoldfastError `environment` when none is found
 */
export function terraformBinary({ environment }: CommandContext, named?: string): string {
  const candidates = named === undefined ? ['terraform', 'tofu'] : [named];
  const env = { ...environment };
  const found = candidates.find(name => spawnSync(name, ['version'], { stdio: 'ignore', env }).status === 0);
  if (found !== undefined) return found;
  throw new HoldfastError('environment', 'neither terraform nor tofu can be run', [
    {
      path: '--binary',
      received: candidates.join(', '),
      message: 'is not found, or does not tell its version',
      fix: 'install Terraform 1.11 or OpenTofu 1.11, or newer, or name it with --binary',
    },
  ]);
}

/**
 * Runs Terraform in a root module.
 *
 * @param good exit codes that are no failure
 * @throws HoldfastError `environment` with what it said when it failed
 */
export async function runTerraform(
  context: CommandContext,
  binary: string,
  { region, folder }: RootModule,
  args: readonly string[],
  good: readonly number[] = [0],
): Promise<ChildResult> {
  const [command = ''] = args;
  context.output.emit({
    code: 'terraform.run',
    level: 'info',
    text: `${region}: ${path.basename(binary)} ${command}`,
  });
  const result = await runChild(binary, [`-chdir=${folder}`, ...args], {
    cwd: context.projectRoot,
    signal: context.signal,
    env: { ...context.environment, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (good.includes(result.exitCode)) return result;
  const said = (result.stderr || result.stdout).trim();
  throw new HoldfastError('environment', `${region}: ${path.basename(binary)} ${command} failed:\n${said}`);
}
