import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import type { Clock, Output } from '../../ports';
import { LAB_MARK } from '../proc';
import { runTool } from '../tool';
import { readAssembly } from './assembly';
import { bootstrap, type ControlPlaneAccess } from './bootstrap';
import { type BirthFacts, birthWaves, type Wave } from './waves';

/** What a deployment into the lab needs. */
export interface DeployOptions extends BirthFacts, ControlPlaneAccess {
  /** Region in which the CDK's own calls begin. */
  readonly seed: string;
  /** Folder of the synthesized assembly, such as `<project>/cdk.out`. */
  readonly assembly: string;
  readonly projectRoot: string;
  /** Folder of the lab's state; holds the CDK's private home. */
  readonly stateFolder: string;
  /** Mark of the lab's processes. */
  readonly labId: string;
  /** Path of the CDK CLI that the project has installed. */
  readonly cdkCli: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/**
 * Deploys an assembly into the emulator through the CDK CLI, one call a wave, in the order of birth. Again on a
 * running lab it deploys what has changed.
 *
 * @throws HoldfastError `unavailable` that names the failed resources and their reasons, `aborted` on interrupt
 */
export async function deployAssembly(options: DeployOptions): Promise<void> {
  const { output, clock, signal } = options;
  const stacks = readAssembly(options.assembly);
  const places = [...new Map(stacks.map(stack => [stack.region, stack])).values()];
  await Promise.all(places.map(place => bootstrap(options, place, { clock, signal })));
  for (const wave of birthWaves(stacks, options)) {
    const started = clock.monotonic();
    await deployWave(wave, options);
    const seconds = ((clock.monotonic() - started) / 1000).toFixed(1);
    const text = `deploy: ${wave.name}, ${wave.stacks.length} stacks in ${seconds} s`;
    output.emit({
      code: 'lab.deploy.wave',
      level: 'info',
      text,
      data: { wave: wave.name, seconds: Number(seconds) },
    });
  }
}

async function deployWave(wave: Wave, options: DeployOptions): Promise<void> {
  const ids = wave.stacks.map(stack => stack.id);
  const flags = ['--exclusively', '--method=direct', '--require-approval=never', '--concurrency=4'];
  const quiet = ['--progress=events', '--ci', '--no-color', '--no-notices', '--no-version-reporting'];
  const args = [options.cdkCli, 'deploy', ...ids, '--app', options.assembly, ...flags, ...quiet];
  const result = await runTool(process.execPath, args, {
    cwd: options.projectRoot,
    env: childEnvironment(options),
    signal: options.signal,
    line: line => report(line, options.output),
  });
  if (result.exitCode !== 0) {
    throw new HoldfastError('unavailable', `deploy of ${wave.name} failed:\n${failures(result.output)}`);
  }
}

function childEnvironment(options: DeployOptions): Record<string, string | undefined> {
  const home = path.join(options.stateFolder, 'cdk-home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return {
    PATH: options.environment.PATH,
    HOME: options.environment.HOME,
    TMPDIR: options.environment.TMPDIR,
    [LAB_MARK]: options.labId,
    // The CLI remembers which account a key belongs to: never in the user's own home.
    CDK_HOME: home,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_ACCESS_KEY_ID: options.caller,
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_REGION: options.seed,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: path.join(home, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(home, 'none'),
    NODE_NO_WARNINGS: '1',
  };
}

function report(line: string, output: Output): void {
  const done = /^\s*✅\s+(\S+)/.exec(line)?.[1];
  if (done === undefined) output.emit({ code: 'lab.deploy.line', level: 'debug', text: line });
  else
    output.emit({ code: 'lab.deploy.stack', level: 'info', text: `deploy: ${done}`, data: { stack: done } });
}

/** The lines that say which resource failed and why; the end of the output where none says so. */
function failures(text: string): string {
  const lines = text.split('\n');
  const telling = lines.filter(line => /_FAILED|ROLLBACK_COMPLETE|❌|Error:/.test(line));
  return [...new Set(telling.length > 0 ? telling : lines.slice(-15))]
    .map(line => `  ${line.trim()}`)
    .join('\n');
}
