import { Resolver } from 'node:dns/promises';
import { createAwsCloud } from '../aws';
import { systemClock } from '../clock';
import { loadBalancerName } from '../naming';
import type { Clock, Cloud, DrillLock, RegisterState } from '../ports';
import type { DaemonStatus, RegionStatus } from './daemon';
import { GatewayClient, type NotEmulated } from './gateway';
import { type LabFile, readLabFile } from './lab-file';
import { labPaths } from './paths';

/** What {@link labStatus} needs. */
export interface StatusOptions {
  readonly projectRoot: string;
  /** @default - the machine's */
  readonly clock?: Clock;
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
  readonly gatePort?: number;
  readonly register?: RegisterState;
  /** Who drives a drill; absent while nobody does. */
  readonly drillLock?: DrillLock;
  /** What the lab's DNS server answers for the service's name, and the Region that stands behind it. */
  readonly dns?: {
    readonly server: string;
    readonly addresses: readonly string[];
    readonly ttlSeconds: number;
    readonly region?: string;
  };
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
  const [daemon, register, drillLock, dns, notEmulated] = await Promise.all([
    see('processes', gateway.ask<DaemonStatus>('GET', 'lab/status')),
    see(
      'register',
      read(lab, clock, (cloud, region) => cloud.readRegister(region)),
    ),
    see(
      'drill lock',
      read(lab, clock, (cloud, region) => cloud.readLock(region)),
    ),
    see('DNS', askDns(lab)),
    see('not emulated', gateway.notEmulated()),
  ]);
  const { since, timeScale, application, serviceHost, endpoint, servicePort, gatePort } = lab;
  const problems = findProblems({ lab, daemon, register, dns });
  return {
    version: 1,
    running: true,
    healthy: problems.length === 0 && unknown.length === 0,
    ...{
      since,
      timeScale,
      application,
      serviceHost,
      endpoint,
      servicePort,
      gatePort,
      register,
      drillLock,
      dns,
    },
    regions: daemon?.regions ?? [],
    processes: daemon?.processes ?? [],
    notEmulated: notEmulated ?? [],
    problems,
    unknown,
  };
}

/** Reads at the first Region that answers: one may be lost, and every replica says the same. */
async function read<T>(
  lab: LabFile,
  clock: Clock,
  ask: (cloud: Cloud, region: string) => Promise<T>,
): Promise<T> {
  const credentials = { accessKeyId: 'lab-status', secretAccessKey: 'lab' };
  const { application, endpoint, regions } = lab;
  const cloud = createAwsCloud({ clock, application, endpoint, credentials });
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

async function askDns(lab: LabFile): Promise<NonNullable<LabStatus['dns']>> {
  const server = `${lab.dns.host}:${lab.dns.port}`;
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([server]);
  const records = await resolver.resolve4(lab.serviceHost, { ttl: true });
  const addresses = records.map(record => record.address);
  const region = lab.regions.find(each => addresses.includes(each.address))?.name;
  return { server, addresses, ttlSeconds: Math.min(...records.map(record => record.ttl)), region };
}

/** What was seen, before it is judged. */
export interface Seen {
  readonly lab: Pick<LabFile, 'application' | 'regions'>;
  readonly daemon?: DaemonStatus;
  readonly register?: RegisterState;
  readonly dns?: LabStatus['dns'];
}

/** What is not as it should be in what was seen; what was not seen is no problem here. */
export function findProblems({ lab, daemon, register, dns }: Seen): string[] {
  const problems = [...(daemon?.problems ?? [])];
  const say = (condition: boolean, text: string) => {
    if (condition) problems.push(text);
  };
  if (daemon !== undefined) {
    say(!daemon.emulator, 'the AWS emulator is dead and its state lost');
    say(!daemon.started, 'databases and caches are still starting');
    for (const region of daemon.regions) problems.push(...regionProblems(region, lab.application));
    say(
      daemon.regions.filter(each => each.database.role === 'writer').length !== 1,
      'no single database writer',
    );
  }
  say(register === undefined, 'the register is not born');
  if (register !== undefined) {
    const { phase, region } = register.record;
    say(phase !== 'active', `the register says ${phase} ${region}`);
    const writer = daemon?.regions.find(each => each.database.role === 'writer')?.region;
    say(
      phase === 'active' && writer !== undefined && writer !== region,
      `${region} is active, ${writer} has the writer`,
    );
    say(
      dns !== undefined && phase === 'active' && dns.region !== region,
      `DNS answers ${dns?.region ?? dns?.addresses}`,
    );
  }
  return problems;
}

function regionProblems(
  { region, database, cache, gate, liveSettings, instances }: RegionStatus,
  application: string,
): string[] {
  const clones = instances.filter(instance => instance.entry === 'service');
  const frozen = instances.filter(instance => instance.frozen).length;
  const sick = clones.filter(clone => clone.health !== 'healthy').length;
  const checks: [boolean, string][] = [
    [!database.running, `database of ${region} is down`],
    [database.role === 'replica' && database.lag === undefined, `replication lag of ${region} is not known`],
    [database.frozen, `database of ${region} is frozen`],
    [cache.frozen, `cache of ${region} is frozen`],
    [gate?.frozen === true, `gate of ${region} is frozen`],
    [frozen > 0, `${frozen} of ${instances.length} clones and workers of ${region} are frozen`],
    [!cache.running, `cache of ${region} is down`],
    [gate?.running !== true, `gate of ${region} is down`],
    [liveSettings?.running !== true, `controller of the live settings of ${region} is down`],
    [clones.length === 0, `no clones behind ${loadBalancerName(application)} in ${region}`],
    [sick > 0, `${sick} of ${clones.length} clones of ${region} are not healthy`],
    [!instances.some(instance => instance.entry === 'worker' && instance.running), `no worker in ${region}`],
  ];
  return checks.flatMap(([wrong, text]) => (wrong ? [text] : []));
}
