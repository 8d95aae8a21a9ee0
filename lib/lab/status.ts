import { Resolver } from 'node:dns/promises';
import { createAwsCloud } from '../aws';
import { systemClock } from '../clock';
import type { Clock, Cloud, DrillLock, RegisterState } from '../ports';
import type { DaemonStatus, RegionStatus } from './daemon';
import { GatewayClient, type NotEmulated } from './gateway';
import { type LabFile, type LabHome, readLabFile } from './lab-file';
import { findProblems } from './lab-problems';
import { labPaths } from './paths';

/** What {@link labStatus} needs. */
export interface StatusOptions {
  readonly projectRoot: string;
  /** @default - the machine's */
  readonly clock?: Clock;
}

/** What the lab's DNS server answers for a name, and the Region that stands behind it. */
export interface DnsStatus {
  readonly server: string;
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
  readonly region?: string;
}

/** Where one home is written. */
export interface HomeStatus {
  /** @default - the application has no homes */
  readonly home?: string;
  /** Name under which clients reach it. */
  readonly host: string;
  readonly gatePort: number;
  readonly register?: RegisterState;
  readonly dns?: DnsStatus;
}

/** What could be seen of a lab. */
export interface LabStatus {
  readonly version: 1;
  readonly running: boolean;
  /** Whether everything is as it should be; false as soon as anything is unknown. */
  readonly healthy: boolean;
  /** ISO time of its start. */
  readonly since?: string;
  readonly timeScale?: number;
  readonly application?: string;
  readonly serviceHost?: string;
  /** The gateway: value of `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string;
  readonly servicePort?: number;
  /** Of an application without homes, as are `register` and `dns`. */
  readonly gatePort?: number;
  readonly register?: RegisterState;
  /** Who drives a drill; absent while nobody does. */
  readonly drillLock?: DrillLock;
  readonly dns?: DnsStatus;
  /** Each home of an active-active application. @default - it has none */
  readonly homes?: readonly HomeStatus[];
  readonly regions: readonly RegionStatus[];
  readonly processes: DaemonStatus['processes'];
  /** Resources of the templates that exist by name only. */
  readonly notEmulated: readonly NotEmulated[];
  /** What is not as it should be. */
  readonly problems: readonly string[];
  /** What could not be looked at; never counts as fine. */
  readonly unknown: readonly string[];
}

const NOTHING: LabStatus = {
  version: 1,
  running: false,
  healthy: false,
  regions: [],
  processes: [],
  notEmulated: [],
  problems: ['no lab runs in this project'],
  unknown: [],
};

/** Looks at a project's lab. Never throws for what it cannot see: that is listed as unknown. */
export async function labStatus(options: StatusOptions): Promise<LabStatus> {
  const { projectRoot, clock = systemClock } = options;
  const lab = readLabFile(labPaths(projectRoot));
  if (lab === undefined) return NOTHING;
  const unknown: string[] = [];
  const see = <T>(what: string, look: Promise<T>): Promise<T | undefined> =>
    look.catch(error => {
      unknown.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
  const gateway = new GatewayClient(lab.endpoint, lab.token);
  const [daemon, homes, drillLock, notEmulated] = await Promise.all([
    see('processes', gateway.ask<DaemonStatus>('GET', 'lab/status')),
    Promise.all(lab.homes.map(home => homeStatus(lab, clock, home, see))),
    see(
      'drill lock',
      read(lab, clock, undefined, (cloud, region) => cloud.readLock(region)),
    ),
    see('not emulated', gateway.notEmulated()),
  ]);
  const { since, timeScale, application, serviceHost, endpoint, servicePort } = lab;
  const problems = findProblems({ lab, daemon, homes });
  return {
    version: 1,
    running: true,
    healthy: problems.length === 0 && unknown.length === 0,
    ...{ since, timeScale, application, serviceHost, endpoint, servicePort, drillLock },
    ...shown(homes),
    regions: daemon?.regions ?? [],
    processes: daemon?.processes ?? [],
    notEmulated: notEmulated ?? [],
    problems,
    unknown,
  };
}

/** An application without homes shows the one that it is as its own. */
function shown(homes: readonly HomeStatus[]): Pick<LabStatus, 'gatePort' | 'register' | 'dns' | 'homes'> {
  const [only] = homes;
  if (only === undefined || only.home !== undefined) return { homes };
  const { gatePort, register, dns } = only;
  return { gatePort, register, dns };
}

async function homeStatus(
  lab: LabFile,
  clock: Clock,
  { home, host, gatePort }: LabHome,
  see: <T>(what: string, look: Promise<T>) => Promise<T | undefined>,
): Promise<HomeStatus> {
  const of = home === undefined ? '' : ` of home ${home}`;
  const [register, dns] = await Promise.all([
    see(
      `register${of}`,
      read(lab, clock, home, (cloud, region) => cloud.readRegister(region)),
    ),
    see(`DNS${of}`, askDns(lab, host)),
  ]);
  return { home, host, gatePort, register, dns };
}

/** Reads at the first Region that answers: one may be lost, and every replica says the same. */
async function read<T>(
  lab: LabFile,
  clock: Clock,
  home: string | undefined,
  ask: (cloud: Cloud, region: string) => Promise<T>,
): Promise<T> {
  const credentials = { accessKeyId: 'lab-status', secretAccessKey: 'lab' };
  const { application, endpoint, regions } = lab;
  const cloud = createAwsCloud({ clock, application, home, endpoint, credentials });
  let failure: unknown;
  try {
    for (const region of regions) {
      try {
        return await ask(cloud, region.name);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  } finally {
    cloud.close();
  }
}

async function askDns(lab: LabFile, host: string): Promise<DnsStatus> {
  const server = `${lab.dns.host}:${lab.dns.port}`;
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([server]);
  const records = await resolver.resolve4(host, { ttl: true });
  const addresses = records.map(record => record.address);
  const region = lab.regions.find(each => addresses.includes(each.address))?.name;
  return { server, addresses, ttlSeconds: Math.min(...records.map(record => record.ttl)), region };
}
