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
 * Finds the running lab of a project.
 * @throws HoldfastError `not-found` when none runs
 */
export function labConnection(projectRoot: string): LabConnection {
  const lab = requireLabFile(labPaths(projectRoot));
  return {
    endpoint: lab.endpoint,
    credentials: { accessKeyId: DRILL_CALLER, secretAccessKey: 'lab' },
    dnsServer: `${lab.dns.host}:${lab.dns.port}`,
    entries: {
      service: { scheme: 'http', port: lab.servicePort },
      gate: { scheme: 'http', port: lab.gatePort },
    },
    timeScale: lab.timeScale,
    addresses: Object.fromEntries(lab.regions.map(({ name, address }) => [name, address])),
    databases: lab.databases,
    gateway: new GatewayClient(lab.endpoint, lab.token),
  };
}

/**
 * Strikes the running lab with a fault.
 * @throws HoldfastError `not-found` when there is no lab or nothing to strike
 */
export async function strikeLab(projectRoot: string, fault: LabFault): Promise<void> {
  await labConnection(projectRoot).gateway.ask('POST', 'lab/fault', fault);
}
