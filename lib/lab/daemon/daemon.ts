import { HoldfastError } from '../../errors';
import type { Clock, Output } from '../../ports';
import { type ControlPlane, startControlPlane } from '../emulator';
import { type LabFile, removeLabFile, writeLabFile } from '../lab-file';
import { assertLoopback, regionAddress } from '../network';
import { createLabFolders, labPaths } from '../paths';
import { identify, isAlive } from '../proc';
import { ProcessRegistry } from '../processes';
import { type DaemonContext, makeStores, type Stores, startStores, stopStores } from './data-plane';
import { strike } from './faults';
import { type Followers, makeFollowers, type Plane, stopFollowers } from './followers';
import { makeSecrets } from './secrets';
import type { DaemonSettings } from './settings';
import { daemonStatus } from './status';
import { startTraffic, stopTraffic, type Traffic } from './traffic';

/** What the daemon gets from its entry. */
export interface DaemonOptions {
  readonly settings: DaemonSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly output: Output;
  /** Aborted when the daemon is told to stop. */
  readonly signal: AbortSignal;
}

/**
 * The lab's long-lived process: hosts gateway, balancers, DNS server, checker and reconciler, and starts all other
 * processes. Returns when it was told to stop and everything has ended.
 * @throws HoldfastError when the lab cannot start; everything has ended then, too
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { settings, clock } = options;
  const paths = labPaths(settings.projectRoot);
  createLabFolders(paths);
  const registry = new ProcessRegistry(paths, clock);
  const context: DaemonContext = { ...options, paths, registry, secrets: makeSecrets(paths) };
  for (const [index] of settings.regions.entries()) await assertLoopback(regionAddress(index));
  const ends: (() => Promise<void>)[] = [];
  try {
    await start(context, ends);
    await stopped(options.signal);
  } finally {
    removeLabFile(paths);
    for (const end of ends.reverse()) await end().catch(error => complain(options.output, error));
  }
}

/** Starts part after part, and notes for each how it ends. */
async function start(context: DaemonContext, ends: (() => Promise<void>)[]): Promise<void> {
  const stores = await makeStores(context);
  const controlPlane = await startControlPlane({
    ...context,
    tools: context.settings.tools,
    hostedZones: context.settings.hostedZones,
    register: context.settings.register,
    token: context.secrets.token,
  });
  ends.push(() => controlPlane.stop());
  const { gateway } = controlPlane;
  const addresses = (name: string) => followers?.reconciler.resourceAddresses(name);
  let followers: Followers | undefined;
  const traffic = await startTraffic(context, gateway.state, addresses);
  ends.push(() => stopTraffic(traffic));
  const plane: Plane = { gateway, stores, traffic };
  followers = makeFollowers(context, plane);
  const progress = { started: false };
  serveAdmin(context, controlPlane, plane, followers, progress);
  writeLabFile(context.paths, describe(context, controlPlane, stores, traffic));
  await startProcesses(context, stores, followers, ends);
  progress.started = true;
  context.output.emit({ code: 'lab.daemon.started', level: 'info', text: 'the data plane is up' });
}

async function startProcesses(
  context: DaemonContext,
  stores: Stores,
  followers: Followers,
  ends: (() => Promise<void>)[],
): Promise<void> {
  // Pushed first: a start that fails half-way leaves something to stop.
  ends.push(() => stopStores(stores));
  await startStores(stores, context.signal);
  ends.push(() => stopFollowers(followers));
  for (const follower of followers.databaseFollowers) follower.start();
  followers.reconciler.start();
  for (const each of followers.metrics) each.start();
  for (const controller of followers.liveSettings.values()) controller.start();
}

function serveAdmin(
  context: DaemonContext,
  controlPlane: ControlPlane,
  plane: Plane,
  followers: Followers,
  progress: { readonly started: boolean },
): void {
  const { gateway, emulator } = controlPlane;
  const status = () =>
    daemonStatus(context, { ...plane, followers, ...progress, emulator: isAlive(emulator.process) });
  gateway.handleAdmin('GET', 'lab/status', status);
  gateway.handleAdmin('POST', 'lab/fault', async body => {
    const { application, serviceHost } = context.settings;
    const { servicePort } = plane.traffic;
    const { endpoint } = gateway;
    const homes = context.settings.homes.some(({ home }) => home !== undefined);
    const queues = { application, homes, serviceHost, servicePort, endpoint, clock: context.clock };
    await strike(body, { stores: plane.stores, followers, state: gateway.state, queues });
    followers.reconciler.kick();
  });
  void emulator.process.exited.then(() => {
    if (context.signal.aborted) return;
    const text = 'the AWS emulator died and its state is lost: holdfast down, then holdfast up';
    context.output.emit({ code: 'lab.emulator.died', level: 'error', text });
  });
}

function describe(
  context: DaemonContext,
  controlPlane: ControlPlane,
  stores: Stores,
  traffic: Traffic,
): LabFile {
  const { settings, secrets, clock } = context;
  const daemon = identify(process.pid);
  if (daemon === undefined)
    throw new HoldfastError('environment', 'cannot read /proc: the lab runs on Linux');
  return {
    version: 1,
    daemon,
    since: clock.now().toISOString(),
    application: settings.application,
    serviceHost: settings.serviceHost,
    timeScale: settings.timeScale,
    regions: settings.regions.map((name, index) => ({ name, address: regionAddress(index) })),
    endpoint: controlPlane.endpoint,
    token: secrets.token,
    dns: traffic.dnsAddress,
    servicePort: traffic.servicePort,
    homes: stores.homes.map(({ home, host: serviceName, database }, at) => ({
      home,
      host: serviceName,
      gatePort: traffic.gatePorts[at] ?? 0,
      databases: Object.fromEntries(
        settings.regions.map(name => {
          const { host, port } = database.server(name);
          return [name, { host, port, passwordFile: secrets.servicePasswordFile }];
        }),
      ),
    })),
  };
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function complain(output: Output, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  output.emit({ code: 'lab.daemon.stop', level: 'error', text: `stopping: ${reason}` });
}
