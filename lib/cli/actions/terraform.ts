import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FailOn } from '../../drift';
import { HoldfastError } from '../../errors';
import { runChild } from '../child';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { type RootModule, rootModules, runTerraform, terraformBinary } from '../terraform-runs';
import { drift } from './drift';

/** Options of `holdfast terraform synth`. */
export interface TerraformSynthOptions extends CommonOptions {
  readonly out: string;
  readonly stateBucket?: string;
  readonly modules?: boolean;
}

/** Options of commands that run Terraform over what was written. */
export interface TerraformFolderOptions extends CommonOptions {
  readonly in: string;
  readonly region?: readonly string[];
  readonly binary?: string;
}

/** Options of `holdfast terraform plan-check`. */
export interface TerraformPlanOptions extends TerraformFolderOptions {
  readonly failOn: FailOn;
  readonly register?: string;
  readonly ignore?: string;
}

/** Runs the Terraform app, as `cdktf synth` would: the CDK's side is synthesized and judged by policy first. */
export async function synth(context: CommandContext, options: TerraformSynthOptions): Promise<CommandResult> {
  assertCdktf(context);
  const folder = path.resolve(context.projectRoot, options.out);
  context.output.emit({ code: 'terraform.synth', level: 'info', text: `synth: ${options.topology}` });
  const app = path.join(context.installRoot, 'dist', 'bin', 'terraform.js');
  const result = await runChild(process.execPath, [app], {
    cwd: context.projectRoot,
    signal: context.signal,
    env: {
      ...context.environment,
      CDK_VALIDATION: 'false',
      CDKTF_OUTDIR: folder,
      HOLDFAST_TOPOLOGY: options.topology,
      HOLDFAST_MODULES: String(options.modules ?? false),
      ...(options.stateBucket === undefined ? {} : { HOLDFAST_STATE_BUCKET: options.stateBucket }),
    },
  });
  if (result.exitCode !== 0) throw appFailed(result.stderr || result.stdout);
  const regions = rootModules(folder).map(module => ({ ...module, resources: resourcesIn(module) }));
  return {
    exitCode: EXIT.good,
    document: documentOf({ regions }),
    text: regions
      .map(({ region, folder: at, resources }) => `${region}: ${resources} resources in ${at}`)
      .join('\n'),
  };
}

/** What Terraform says of each root module by itself: no state and no account are asked. */
export async function validate(
  context: CommandContext,
  options: TerraformFolderOptions,
): Promise<CommandResult> {
  const binary = terraformBinary(context, options.binary);
  const regions = [];
  for (const module of modulesOf(context, options)) {
    await runTerraform(context, binary, module, ['init', '-backend=false', '-input=false', '-no-color']);
    const said = await runTerraform(context, binary, module, ['validate', '-json'], [0, 1]);
    const { valid, diagnostics } = parse(said.stdout, module);
    const problems = diagnostics.map(({ severity, summary, detail }) => ({ severity, summary, detail }));
    regions.push({ region: module.region, valid, problems });
  }
  const wrong = regions.filter(({ valid }) => !valid);
  return {
    exitCode: wrong.length === 0 ? EXIT.good : EXIT.found,
    document: documentOf({ verdict: wrong.length === 0 ? 'clean' : 'findings', regions }),
    text: regions.map(textOf).join('\n'),
  };
}

/**
 * Plans each Region and has the drift bot judge the plans: the one that knows which changes are dangerous. A plan holds
 * secrets in clear, so that it is read by this user alone and removed at the end.
 */
export async function planCheck(
  context: CommandContext,
  options: TerraformPlanOptions,
): Promise<CommandResult> {
  const binary = terraformBinary(context, options.binary);
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-plans-'));
  try {
    const plan: string[] = [];
    for (const module of modulesOf(context, options)) {
      const file = path.join(folder, `${module.region}.plan`);
      await runTerraform(context, binary, module, ['init', '-input=false', '-no-color']);
      const made = ['plan', '-input=false', '-no-color', '-detailed-exitcode', `-out=${file}`];
      await runTerraform(context, binary, module, made, [0, 2]);
      const shown = await runTerraform(context, binary, module, ['show', '-json', file]);
      writeFileSync(`${file}.json`, shown.stdout, { mode: 0o600 });
      plan.push(`${file}.json`);
    }
    // The report must be made before the plans are gone.
    return await drift(context, { ...options, target: 'aws', plan, commentKey: 'terraform' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function modulesOf(context: CommandContext, options: TerraformFolderOptions): readonly RootModule[] {
  const all = rootModules(path.resolve(context.projectRoot, options.in));
  const { region: wanted } = options;
  const unknown = wanted?.filter(name => all.every(({ region }) => region !== name)) ?? [];
  if (unknown.length === 0) return all.filter(({ region }) => wanted?.includes(region) ?? true);
  throw new HoldfastError('not-found', 'there is no such Region', [
    {
      path: '--region',
      received: unknown,
      message: 'was not written',
      fix: `name one of ${all.map(({ region }) => region).join(', ')}`,
    },
  ]);
}

function resourcesIn({ folder }: RootModule): number {
  const { resource } = JSON.parse(readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8')) as {
    resource: Readonly<Record<string, object>>;
  };
  return Object.values(resource).reduce((sum, named) => sum + Object.keys(named).length, 0);
}

const documentOf = (facts: object): CommandResult['document'] => ({ version: 1, ...facts });

interface Validation {
  readonly valid: boolean;
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
  }[];
}

function parse(text: string, { folder }: RootModule): Validation {
  try {
    return JSON.parse(text) as Validation;
  } catch (cause) {
    throw new HoldfastError('environment', `what validate said of ${folder} is no JSON`, [], { cause });
  }
}

const textOf = ({
  region,
  valid,
  problems,
}: {
  region: string;
  valid: boolean;
  problems: Validation['diagnostics'];
}) =>
  [
    `${region}: ${valid ? 'valid' : 'not valid'}`,
    ...problems.map(({ severity, summary, detail }) => `  ${severity}: ${summary} ${detail ?? ''}`.trimEnd()),
  ].join('\n');

/** An optional peer: who does not use Terraform has no need of it. */
function assertCdktf({ installRoot }: CommandContext): void {
  try {
    createRequire(path.join(installRoot, 'package.json')).resolve('cdktf');
  } catch (cause) {
    const fix = 'run npm install --save-dev cdktf@0.21.0';
    throw new HoldfastError('environment', `cdktf is not installed; ${fix}`, [], { cause });
  }
}

const appFailed = (said: string): HoldfastError =>
  new HoldfastError('invalid-input', `the Terraform app failed:\n${said.trim()}`);
