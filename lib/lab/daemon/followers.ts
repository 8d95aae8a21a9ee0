import path from 'node:path';
import type { Gateway } from '../gateway';
import { Interlock } from '../interlock';
import { LiveSettings } from '../live-settings';
import { regionAddress } from '../network';
import {
  ArtifactStore,
  BalancerMetrics,
  DatabaseFollower,
  destroyClients,
  Problems,
  Reconciler,
  type RegionClients,
  RegionFollower,
  regionClients,
} from '../reconciler';
import type { DaemonContext, StoredHome, Stores } from './data-plane';
import type { Traffic } from './traffic';

/** Access key id of clones and workers. */
export const CLONE_CALLER = 'lab-clone';

/** Everything that follows the control plane. */
export interface Followers {
  readonly regions: ReadonlyMap<string, RegionFollower>;
  readonly reconciler: Reconciler;
  /** Controllers of the live settings, by Region. */
  readonly liveSettings: ReadonlyMap<string, LiveSettings>;
  /** Deploy interlocks, by Region. */
  readonly interlocks: ReadonlyMap<string, Interlock>;
  /** One for each home. */
  readonly databaseFollowers: readonly DatabaseFollower[];
  readonly metrics: readonly BalancerMetrics[];
  readonly problems: Problems;
  readonly clients: ReadonlyMap<string, RegionClients>;
}

/** What the followers hold together. */
export interface Plane {
  readonly gateway: Gateway;
  readonly stores: Stores;
  readonly traffic: Traffic;
}

/** Makes the followers; nothing is looked at before their start. */
export function makeFollowers(context: DaemonContext, plane: Plane): Followers {
  const { settings, clock, output } = context;
  const { gateway, stores, traffic } = plane;
  const clients = new Map(settings.regions.map(region => [region, regionClients(gateway.endpoint, region)]));
  const problems = new Problems(output);
  const regions = makeRegions(context, plane, clients, problems, () => reconciler.kick());
  const seedClients = clients.get(settings.seed) ?? regionClients(gateway.endpoint, settings.seed);
  const reconciler: Reconciler = new Reconciler({
    serviceHosts: settings.homes.map(({ host }) => host),
    regions: [...regions.values()],
    clients: seedClients,
    gateway: gateway.state,
    dns: traffic.dns,
    checker: traffic.checker,
    clock,
    output,
    problems,
  });
  const databaseFollowers = stores.homes.map(
    ({ scope, database }) => new DatabaseFollower({ scope, database, gateway, clients, clock, output }),
  );
  const metrics = [...regions.values()].map(
    follower => new BalancerMetrics({ ...follower.options, arn: () => follower.balancing?.arn }),
  );
  const liveSettings = makeLiveSettings(context, gateway, problems);
  const interlocks = makeInterlocks(context, gateway);
  return { regions, reconciler, liveSettings, interlocks, databaseFollowers, metrics, problems, clients };
}

/** Stops following, then the processes that were started; databases are finished with their moves first. */
export async function stopFollowers(followers: Followers): Promise<void> {
  const controllers = [...followers.liveSettings.values()];
  await Promise.all([
    followers.reconciler.stop(),
    ...followers.databaseFollowers.map(follower => follower.stop()),
    ...followers.metrics.map(each => each.stop()),
    ...controllers.map(controller => controller.stop()),
    ...[...followers.interlocks.values()].map(interlock => interlock.stop()),
  ]);
  for (const clients of followers.clients.values()) destroyClients(clients);
}

function makeRegions(
  context: DaemonContext,
  { gateway, traffic, stores }: Plane,
  clients: ReadonlyMap<string, RegionClients>,
  problems: Problems,
  kick: () => void,
): ReadonlyMap<string, RegionFollower> {
  const { settings, paths, environment, registry, clock, output } = context;
  const artifacts = new ArtifactStore({
    folder: path.join(paths.state, 'artifacts'),
    s3: region => clientsOf(clients, region).s3,
    environment,
  });
  const followers = settings.regions.map((region, index) => {
    const balancer = traffic.balancers.get(region);
    if (balancer === undefined) throw new Error(`no balancer in ${region}`);
    const follower = new RegionFollower({
      application: settings.application,
      region,
      host: regionAddress(index),
      gates: settings.homes.map(({ home }, at) => ({ home, port: traffic.gatePorts[at] ?? 0 })),
      timeScale: settings.timeScale,
      endpoint: gateway.endpoint,
      clients: clientsOf(clients, region),
      balancer,
      registry,
      clock,
      output,
      problems,
      overlay: cloneOverlay(context, gateway, stores, region),
      gateOverlay: commonOverlay(context, gateway, region, 'lab-gate'),
      program: launch => artifacts.program(region, launch.artifact),
      kick,
    });
    return [region, follower] as const;
  });
  return new Map(followers);
}

function makeLiveSettings(
  context: DaemonContext,
  gateway: Gateway,
  problems: Problems,
): ReadonlyMap<string, LiveSettings> {
  const { settings, registry, clock, output } = context;
  const { application, timeScale, regions } = settings;
  const common = { application, timeScale, registry, clock, output, problems, gateway: gateway.state };
  const controllers = regions.map((region, index) => {
    const overlay = commonOverlay(context, gateway, region, 'lab-live-settings');
    const host = regionAddress(index);
    const { endpoint } = gateway;
    return [region, new LiveSettings({ ...common, region, host, endpoint, overlay })] as const;
  });
  return new Map(controllers);
}

/** Asked by the gateway in CloudFormation's place. */
function makeInterlocks(context: DaemonContext, gateway: Gateway): ReadonlyMap<string, Interlock> {
  const { settings, registry, clock, output } = context;
  const { application } = settings;
  const { endpoint } = gateway;
  const interlocks = new Map(
    settings.regions.map((region, index) => {
      const overlay = commonOverlay(context, gateway, region, 'lab-interlock');
      const host = regionAddress(index);
      return [
        region,
        new Interlock({ application, region, host, endpoint, registry, clock, output, overlay }),
      ];
    }),
  );
  gateway.askBeforeStackChanges(async change => interlocks.get(change.region)?.refusal(change));
  return interlocks;
}

function clientsOf(clients: ReadonlyMap<string, RegionClients>, region: string): RegionClients {
  const found = clients.get(region);
  if (found === undefined) throw new Error(`no clients for ${region}`);
  return found;
}

/** What replaces instance role, metadata service and Regional endpoints. */
function commonOverlay(context: DaemonContext, gateway: Gateway, region: string, caller: string) {
  return {
    PATH: context.environment.PATH ?? '/usr/bin:/bin',
    NODE_ENV: 'production',
    NODE_NO_WARNINGS: '1',
    AWS_REGION: region,
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_ACCESS_KEY_ID: caller,
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOLDFAST_TIME_SCALE: String(context.settings.timeScale),
  };
}

/** What replaces Aurora's and ElastiCache's endpoints, and their sign-in by IAM. */
function cloneOverlay(context: DaemonContext, gateway: Gateway, stores: Stores, region: string) {
  return {
    ...commonOverlay(context, gateway, region, CLONE_CALLER),
    HOLDFAST_DATABASE_CA: undefined,
    HOLDFAST_DATABASE_AUTH: `file:${context.secrets.servicePasswordFile}`,
    HOLDFAST_CACHE_URL: stores.caches.get(region)?.url,
    HOLDFAST_CACHE_AUTH: undefined,
    // The lab keeps what a process prints in a file of its own.
    HOLDFAST_LOG_GROUP: undefined,
    ...Object.assign({}, ...stores.homes.map(home => homeOverlay(context, home, region))),
  };
}

function homeOverlay({ paths }: DaemonContext, { home, database }: StoredHome, region: string) {
  const { host, port } = database.server(region);
  const prefix = home === undefined ? 'HOLDFAST_' : `HOLDFAST_HOME_${home.toUpperCase()}_`;
  const folder = home === undefined ? region : `${region}-${home}`;
  return {
    [`${prefix}DATABASE_HOST`]: host,
    [`${prefix}DATABASE_PORT`]: String(port),
    [`${prefix}DATABASE_READER_HOST`]: undefined,
    // Reports read these files; they go with the data of the lab.
    [`${prefix}ANALYTICS_STORE`]: `folder:${path.join(paths.data, 'data', 'analytics', folder)}`,
  };
}
