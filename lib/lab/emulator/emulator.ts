import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import type { LabPaths } from '../paths';
import type { ProcessRegistry, RunningProcess } from '../processes';
import type { PythonTools } from '../python';
import { waitFor } from '../wait-for';

/** Version of the emulator that the handlers beside this file were written for and tested with. */
export const EMULATOR_VERSION = '1.5.33';
/** Account of every resource in the lab. */
export const LAB_ACCOUNT = '000000000000';
/** Milliseconds within which the emulator answers, on a busy machine too. */
const READY_WITHIN = 60_000;

/** A hosted zone that exists before any stack, with the id that the topology names. */
export interface HostedZone {
  readonly id: string;
  readonly name: string;
}

/** What the emulator needs. */
export interface EmulatorOptions {
  readonly paths: LabPaths;
  readonly registry: Pick<ProcessRegistry, 'start'>;
  readonly clock: Clock;
  readonly tools: PythonTools;
  readonly hostedZones: readonly HostedZone[];
  /** Loopback port to listen on. */
  readonly port: number;
  /** File in which resources are written down that exist by name only. */
  readonly notEmulatedFile: string;
  /** Port of the gateway, to which every address leads that the emulator gives out. */
  readonly publicPort: number;
  /** Environment of the calling process, for PATH (custom resources in Node) and TMPDIR. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The running emulator. Nobody but the gateway talks to it. */
export interface Emulator {
  /** Loopback port. */
  readonly port: number;
  readonly process: RunningProcess;
}

/**
 * Starts the AWS emulator on loopback and waits until it answers. It keeps everything in memory and needs
 * no Docker: databases, caches and instances are records, and the lab runs the real ones.
 *
 * @throws HoldfastError `environment` when it ends at once (its log is quoted), `timeout` when it never answers
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { paths, tools, port, publicPort, hostedZones, notEmulatedFile } = options;
  const configuration = path.join(paths.state, 'emulator.json');
  writeFileSync(notEmulatedFile, '', { mode: 0o600 });
  const settings = { version: EMULATOR_VERSION, port, publicPort, hostedZones, notEmulatedFile };
  writeFileSync(configuration, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  const running = await options.registry.start({
    name: 'emulator',
    command: tools.python,
    args: [tools.emulatorLauncher, configuration],
    env: environmentOf(options),
    stopTimeout: 1000, // it holds nothing that could be lost
  });
  try {
    await ready(running, port, options);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { port, process: running };
}

function environmentOf({ environment }: EmulatorOptions): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap(name => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' };
}

async function ready(running: RunningProcess, port: number, options: EmulatorOptions): Promise<void> {
  const { clock, signal } = options;
  let dead = false;
  void running.exited.then(() => {
    dead = true;
  });
  const settings = { clock, signal, timeout: READY_WITHIN, what: 'the AWS emulator' };
  await waitFor(async () => dead || (await fetch(`http://127.0.0.1:${port}/_ministack/health`)).ok, settings);
  if (dead)
    throw new HoldfastError('environment', `the AWS emulator ended at once:\n${lastLines(running.log)}`);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n');
}
