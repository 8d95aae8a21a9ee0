import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { homesOf, hostOf, type ResolvedTopology, seedRegion } from '../../regions';
import { createAwsCloud } from '../aws';
import { systemClock } from '../clock';
import { HoldfastError } from '../errors';
import { homeScope, registerTableName } from '../naming';
import type { Clock, Output } from '../ports';
import { type DaemonSettings, writeSettings } from './daemon';
import { deployAssembly } from './deploy';
import { downLab } from './down';
import { type LabFile, readLabFile, removeLabFile } from './lab-file';
import { lockLab } from './lock';
import { packageRoot } from './package-root';
import { createLabFolders, type LabPaths, labPaths } from './paths';
import { ProcessRegistry, type RunningProcess } from './processes';
import { preparePython } from './python';
import { type LabStatus, labStatus } from './status';
import { DAEMON, stopAll } from './stop-processes';
import { waitFor } from './wait-for';

/** What {@link upLab} needs. */
export interface UpOptions {
  /** Folder that holds `cdk.json` and `.holdfast/`. */
  readonly projectRoot: string;
  readonly topology: ResolvedTopology;
  /** Folder of the synthesized assembly. */
  readonly assemblyDir: string;
  /** Divides every interval, TTL and lease; 1 to 10. */
  readonly timeScale: number;
  readonly output: Output;
  /** @default - the machine's */
  readonly clock?: Clock;
  /** Interrupts: everything that was started is stopped again. */
  readonly signal: AbortSignal;
  /** Environment of the calling process. @default - process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

interface Rise extends UpOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly paths: LabPaths;
}

/** Milliseconds for the daemon to open its gateway, and for all processes to become healthy after the deploy. */
const DAEMON_TIMEOUT = 90_000;
const HEALTHY_TIMEOUT = 120_000;

/**
 * Brings the Regions of a topology up on this machine: control plane, stores, deploy, birth of the register, clones,
 * gates and DNS. On any failure or interrupt everything is stopped again.
 * @throws HoldfastError `conflict` when a lab runs already, `environment`, `unavailable`, `timeout`, `aborted`
 */
export async function upLab(options: UpOptions): Promise<LabStatus> {
  const { clock = systemClock, environment = process.env, projectRoot } = options;
  const paths = labPaths(projectRoot);
  createLabFolders(paths);
  const unlock = lockLab(paths, clock);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  try {
    return await rise({ ...options, projectRoot: paths.projectRoot, signal, clock, environment, paths });
  } catch (error) {
    // What still goes on beside the part that failed must not outlive it.
    failed.abort();
    await downLab({ projectRoot, clock, output: { emit: () => undefined } });
    if (options.signal.aborted)
      throw new HoldfastError('aborted', 'interrupted; everything was stopped again');
    throw error;
  } finally {
    unlock();
  }
}

async function rise(rise: Rise): Promise<LabStatus> {
  const { paths, clock, output, signal, topology } = rise;
  // What an earlier lab left when it was killed.
  await stopAll(paths, clock);
  removeLabFile(paths);
  rmSync(path.join(paths.data, 'data'), { recursive: true, force: true });
  rmSync(paths.logs, { recursive: true, force: true });
  createLabFolders(paths);
  const tools = await preparePython({ folder: paths.python, environment: rise.environment, output, signal });
  const daemon = await startDaemon(rise, { ...settingsOf(topology, rise), tools });
  const lab = await daemonReady(rise, daemon);
  output.emit({ code: 'lab.control-plane', level: 'info', text: `lab: control plane at ${lab.endpoint}` });
  await whileAlive(rise, daemon, Promise.all([deploy(rise, lab), bearRegister(rise, lab)]));
  return whileAlive(rise, daemon, healthy(rise));
}

function settingsOf(
  topology: ResolvedTopology,
  { projectRoot, timeScale }: UpOptions,
): Omit<DaemonSettings, 'tools'> {
  const { application, dns, regions, register } = topology;
  const names = regions.map(region => region.name);
  const seed = seedRegion(topology).name;
  const place = {
    tableName: registerTableName(application),
    home: seed,
    regions: names,
    witness: register.witness,
  };
  return {
    projectRoot,
    application,
    serviceHost: hostOf(topology),
    databaseName: topology.database.databaseName,
    regions: names,
    seed,
    homes: homesOf(topology).map(view => ({
      home: view.home,
      scope: homeScope(application, view.home),
      seed: seedRegion(view).name,
      host: hostOf(view),
    })),
    register: register.kind === 'strong' ? place : undefined,
    hostedZones: [{ id: dns.hostedZoneId, name: dns.zoneName }],
    timeScale,
  };
}

function startDaemon(rise: Rise, settings: DaemonSettings): Promise<RunningProcess> {
  const entry = path.join(packageRoot(), 'dist', 'bin', 'lab-daemon.js');
  const { PATH = '/usr/bin:/bin', HOME, TMPDIR } = rise.environment;
  return new ProcessRegistry(rise.paths, rise.clock).start({
    name: DAEMON,
    command: process.execPath,
    args: ['--max-old-space-size=256', entry, writeSettings(rise.paths, settings)],
    env: { PATH, ...(HOME && { HOME }), ...(TMPDIR && { TMPDIR }), NODE_NO_WARNINGS: '1' },
    stopTimeout: 30_000,
    independent: true,
  });
}

async function daemonReady(rise: Rise, daemon: RunningProcess): Promise<LabFile> {
  const { clock, signal, paths } = rise;
  const look = waitFor(() => readLabFile(paths), {
    clock,
    signal,
    timeout: DAEMON_TIMEOUT,
    what: 'the daemon of the lab',
  });
  return whileAlive(rise, daemon, look);
}

/** The result of `work`, unless the daemon ends before it. */
async function whileAlive<T>(rise: Rise, daemon: RunningProcess, work: Promise<T>): Promise<T> {
  const died = daemon.exited.then(() => {
    if (rise.signal.aborted) throw new HoldfastError('aborted', 'interrupted');
    throw new HoldfastError('environment', `the daemon of the lab ended: ${lastWords(daemon.log)}`);
  });
  return Promise.race([work, died]);
}

/** What the daemon said when it ended, or the end of its log. */
function lastWords(log: string): string {
  const text = readFileSync(log, 'utf8').trim();
  const error = text.lastIndexOf('\nerror: ') + 1;
  return text.startsWith('error: ', error) ? text.slice(error + 'error: '.length) : text.slice(-500);
}

function deploy({ topology, paths, clock, output, signal, environment, assemblyDir }: Rise, lab: LabFile) {
  return deployAssembly({
    application: topology.application,
    seed: seedRegion(topology).name,
    homes: homesOf(topology).map(view => ({ home: view.home, seed: seedRegion(view).name })),
    assembly: assemblyDir,
    projectRoot: paths.projectRoot,
    stateFolder: paths.state,
    labId: paths.labId,
    cdkCli: findCdk(paths.projectRoot),
    endpoint: lab.endpoint,
    caller: 'lab-deploy',
    environment,
    clock,
    output,
    signal,
  });
}

/** The project's CDK CLI, or the one beside this package. */
function findCdk(projectRoot: string): string {
  for (const from of [projectRoot, packageRoot()]) {
    try {
      return createRequire(path.join(from, 'package.json')).resolve('aws-cdk/bin/cdk');
    } catch {
      // The next place.
    }
  }
  throw new HoldfastError('environment', 'the CDK CLI is not installed; run npm install aws-cdk');
}

/** The register's first records, one for each home, as soon as its table is there; one that exists is left alone. */
async function bearRegister({ topology, clock, output, signal }: Rise, lab: LabFile): Promise<void> {
  const { application } = topology;
  const credentials = { accessKeyId: 'lab-birth', secretAccessKey: 'lab' };
  for (const view of homesOf(topology)) {
    const { home } = view;
    const region = seedRegion(view).name;
    const cloud = createAwsCloud({ clock, application, home, endpoint: lab.endpoint, credentials });
    const put = async () => {
      await cloud.createRegister(region, { epoch: 1, phase: 'active', region }, 'birth');
      return true;
    };
    const wait = { clock, signal, timeout: HEALTHY_TIMEOUT, interval: 500 };
    try {
      await waitFor(put, { ...wait, what: 'the table of the register' });
    } finally {
      cloud.close();
    }
    const text = `${home === undefined ? 'register' : `register of home ${home}`}: epoch 1, active ${region}`;
    output.emit({ code: 'lab.register.born', level: 'info', text });
  }
}

async function healthy({ projectRoot, clock, output, signal }: Rise): Promise<LabStatus> {
  let last: LabStatus | undefined;
  const look = async () => {
    last = await labStatus({ projectRoot, clock });
    return last.healthy && last;
  };
  try {
    const what = 'every process of the lab';
    const status = await waitFor(look, { clock, signal, timeout: HEALTHY_TIMEOUT, interval: 250, what });
    output.emit({ code: 'lab.up', level: 'info', text: `lab: up, ${status.processes.length} processes` });
    return status;
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'timeout') throw error;
    const why = [...(last?.problems ?? []), ...(last?.unknown ?? [])].map(line => `  ${line}`).join('\n');
    throw new HoldfastError('timeout', `the lab did not become healthy:\n${why}`, [], { cause: error });
  }
}
