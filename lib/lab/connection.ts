import { HoldfastError } from '../errors';
import type { LabFault } from './daemon';
import { GatewayClient } from './gateway';
import { type LabDatabase, requireLabFile } from './lab-file';
import { labPaths } from './paths';

/** How one kind of endpoint is reached in every Region. */
export interface LabEntry {
  readonly scheme: 'http';
  readonly port: number;
}

/** What a drill needs to reach a running lab instead of an account. */
export interface LabConnection {
  /** Value of `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** Keys under which the gateway records a drill's calls. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The lab's DNS server, as `address:port`. */
  readonly dnsServer: string;
  readonly entries: { readonly service: LabEntry; readonly gate: LabEntry };
  readonly timeScale: number;
  /** Loopback address of each Region. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The database of each Region, by the Region's name. */
  readonly databases: Readonly<Record<string, LabDatabase>>;
  /** The gateway's admin API: policy, faults, recorded calls. */
  readonly gateway: GatewayClient;
}

/** Access key id of drills. */
export const DRILL_CALLER = 'lab-drill';

/**
 * Finds the running lab of a project, as one home of its application sees it.
 * @throws HoldfastError `not-found` when none runs, or it runs no such home
 */
export function labConnection(projectRoot: string, name?: string): LabConnection {
  const lab = requireLabFile(labPaths(projectRoot));
  const found = lab.homes.find(({ home }) => home === name);
  if (found === undefined) {
    const names = lab.homes.map(({ home }) => home ?? 'none').join(', ');
    throw new HoldfastError('not-found', `the lab runs no home ${name ?? 'without a name'}, but ${names}`);
  }
  return {
    endpoint: lab.endpoint,
    credentials: { accessKeyId: DRILL_CALLER, secretAccessKey: 'lab' },
    dnsServer: `${lab.dns.host}:${lab.dns.port}`,
    entries: {
      service: { scheme: 'http', port: lab.servicePort },
      gate: { scheme: 'http', port: found.gatePort },
    },
    timeScale: lab.timeScale,
    addresses: Object.fromEntries(lab.regions.map(({ name, address }) => [name, address])),
    databases: found.databases,
    gateway: new GatewayClient(lab.endpoint, lab.token),
  };
}

/**
 * Strikes the running lab with a fault.
 * @throws HoldfastError `not-found` when there is no lab or nothing to strike
 */
export async function strikeLab(projectRoot: string, fault: LabFault): Promise<void> {
  const { endpoint, token } = requireLabFile(labPaths(projectRoot));
  await new GatewayClient(endpoint, token).ask('POST', 'lab/fault', fault);
}
