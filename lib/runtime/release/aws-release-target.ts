import type { Clock } from '../clock';
import { judgeInterlock } from '../interlock/interlock';
import { lockOfItem } from '../interlock/interlock-items';
import type { LeasePort } from '../live-settings/live-settings-controller';
import { dynamoLease } from '../live-settings/live-settings-lease-table';
import { DRILL_LOCK_KEY, REGISTER_KEY } from '../register/register';
import { toRecord } from '../register/register-reader';
import { actInRegion } from './aws-release-act';
import { readMetrics } from './aws-release-metrics';
import {
  type BalancerArns,
  RegionReleaseClients,
  type ReleaseConnection,
  readBalancer,
  readRegion,
} from './aws-release-region';
import type { ReleaseNames } from './release-names';
import type { ReleaseTarget } from './release-target';
import type { ReleaseView } from './release-view';

/** An item of the register's table, read consistently at the first Region that answers. */
export type ItemReader = (
  key: string,
) => Promise<Readonly<Record<string, { S?: string; N?: string }>> | undefined>;

/** What the target of a release is made of. */
export interface AwsReleaseTargetOptions {
  /** One for each Region of the topology. */
  readonly connections: readonly ReleaseConnection[];
  readonly names: ReleaseNames;
  readonly clock: Clock;
  readonly readItem: ItemReader;
  /** Sends one request to a Region; whatever it answers is measured by its balancer. */
  readonly send: (region: string) => Promise<unknown>;
  /** @default 'p99' */
  readonly latencyStatistic?: string;
}

/** A release's view of AWS, and of a lab behind the same interfaces. */
export function awsReleaseTarget(options: AwsReleaseTargetOptions): ReleaseTarget & { close(): void } {
  const { connections, names, clock, readItem, send, latencyStatistic } = options;
  const regions = new Map(
    connections.map(connection => [connection.region, new AwsRegion(connection, names)]),
  );
  const at = (name: string): AwsRegion => {
    const region = regions.get(name);
    if (region === undefined) throw new RangeError(`no connection to ${name}`);
    return region;
  };
  return {
    surroundings: () => readSurroundings(readItem, clock.now().getTime()),
    region: async (name, plan) => {
      const { clients } = at(name);
      return readRegion(clients, names, await at(name).arns(), plan.acceptedAlarms);
    },
    metrics: async request => {
      const { clients } = at(request.region);
      return readMetrics(clients, await at(request.region).arns(), request, latencyStatistic);
    },
    probe: async (name, requests) => {
      await Promise.allSettled(Array.from({ length: requests }, () => send(name)));
    },
    act: async (action, plan, signal) => {
      if (action.kind === 'wait') return;
      const { clients, lease } = at(action.region);
      await actInRegion({ clients, names, lease, clock, releaseId: plan.id, signal }, action);
    },
    close: () => {
      for (const region of regions.values()) region.clients.close();
    },
  };
}

/** Drill lock and register. A lock that has run out binds nobody; one that cannot be read does. */
async function readSurroundings(
  readItem: ItemReader,
  now: number,
): Promise<Pick<ReleaseView, 'drill' | 'register'>> {
  const [lock, register] = await Promise.all([readItem(DRILL_LOCK_KEY), readItem(REGISTER_KEY)]);
  const verdict = judgeInterlock({ records: [], lock: lockOfItem(lock) }, now);
  return {
    drill: verdict.kind === 'refused' ? { busy: verdict.refusal } : 'free',
    register: register === undefined ? undefined : toRecord(register),
  };
}

/** One Region, whose balancer is found once. */
class AwsRegion {
  readonly clients: RegionReleaseClients;
  readonly lease: LeasePort;
  private found: Promise<BalancerArns> | undefined;

  constructor(
    connection: ReleaseConnection,
    private readonly names: ReleaseNames,
  ) {
    const { region, endpoint: endpointUrl, credentials } = connection;
    this.clients = new RegionReleaseClients(connection);
    this.lease = dynamoLease({ region, endpointUrl, credentials }, names.table);
  }

  arns(): Promise<BalancerArns> {
    if (this.found === undefined) {
      this.found = readBalancer(this.clients, this.names);
      this.found.catch(() => {
        this.found = undefined;
      });
    }
    return this.found;
  }
}
