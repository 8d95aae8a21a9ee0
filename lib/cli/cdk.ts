import { createRequire } from 'node:module';
import path from 'node:path';
import { HoldfastError } from '../errors';
import { runChild } from './child';
import type { CommandContext, CommonOptions } from './context';

/** A synthesized assembly on disk. */
export interface SynthesizedAssembly {
  /** Absolute path of the folder. */
  readonly folder: string;
}

/**
 * Synthesizes every Region through the CDK CLI, as a user would: same `cdk.json`, same build step, one run of the app.
 *
 * @throws HoldfastError `invalid-input` with what the app said when it fails, `environment` when the CDK CLI is missing
 */
export async function synthesize(
  context: CommandContext,
  options: CommonOptions,
  settings: { readonly validateTemplates: boolean },
): Promise<SynthesizedAssembly> {
  const folder = path.join(context.projectRoot, 'cdk.out');
  context.output.emit({ code: 'synth.started', level: 'info', text: `synth: ${options.topology}` });
  const result = await runChild(
    process.execPath,
    [
      cdkCli(context),
      'synth',
      '--quiet',
      '--no-notices',
      '--output',
      folder,
      '--context',
      `topology=${options.topology}`,
    ],
    {
      cwd: context.projectRoot,
      signal: context.signal,
      env: {
        ...context.environment,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        ...(settings.validateTemplates ? {} : { CDK_VALIDATION: 'false' }),
      },
    },
  );
  if (result.exitCode !== 0) {
    throw new HoldfastError(
      'invalid-input',
      `the CDK app failed:\n${(result.stderr || result.stdout).trim()}`,
    );
  }
  return { folder };
}

/** Path of the CDK CLI that the project has installed. */
export function cdkCli(context: CommandContext): string {
  try {
    return createRequire(path.join(context.projectRoot, 'package.json')).resolve('aws-cdk/bin/cdk');
  } catch (cause) {
    throw new HoldfastError('environment', 'the CDK CLI is not installed; run npm install aws-cdk', [], {
      cause,
    });
  }
}
