import { gateHost } from '../../naming';
import type { Clock, Output } from '../../ports';
import type { HealthChecker } from '../checks';
import { type DnsServer, normalName, type Zone } from '../dns';
import type { CallRecord, GatewayState } from '../gateway';
import type { RegionClients } from './clients';
import { readChecks, readZones } from './names';
import type { Problems } from './problems';
import type { RegionFollower } from './region-follower';

/** Milliseconds between two rounds when nothing asks for one sooner. */
const ROUND = 2000;
/** Milliseconds that changes are gathered before a round. */
const GATHER = 50;
/** Services whose changes move processes. */
const WATCHED = new Set([
  'autoscaling',
  'elasticloadbalancing',
  'route53',
  'ec2',
  'lambda',
  'cloudformation',
]);
const READING = /^(Describe|Get|List)/;

/** What the reconciler needs. */
export interface ReconcilerOptions {
  /** Names of the service, one for each home. */
  readonly serviceHosts: readonly string[];
  readonly regions: readonly RegionFollower[];
  /** Clients of the Region in which global services are asked. */
  readonly clients: RegionClients;
  readonly gateway: Pick<GatewayState, 'calls'>;
  readonly dns: DnsServer;
  readonly checker: HealthChecker;
  readonly clock: Clock;
  readonly output: Output;
  readonly problems: Problems;
}

/**
 * Makes the processes follow the control plane: it looks every two seconds, and at once when a call has changed
 * something.
 */
export class Reconciler {
  private readonly stopping = new AbortController();
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private zones: readonly Zone[] = [];
  private rounds = 0;

  constructor(private readonly options: ReconcilerOptions) {
    options.gateway.calls.follow(call => {
      if (changes(call)) this.kick();
    });
  }

  /** Asks for a round now. */
  kick(): void {
    this.wake();
  }

  /** Rounds done. */
  get count(): number {
    return this.rounds;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Stops looking, then stops the processes. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
    await Promise.all(this.options.regions.map(region => region.stop()));
  }

  /** Addresses behind a name that AWS gave to a load balancer or a gate's domain. */
  resourceAddresses(name: string): readonly string[] | undefined {
    const plain = name.replace(/^dualstack\./, '');
    const region = this.options.regions.find(
      follower => follower.balancing?.dnsName === plain || this.gateAliases(follower).includes(name),
    );
    return region === undefined ? undefined : [region.options.host];
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { clock } = this.options;
    while (!signal.aborted) {
      const kicked = new Promise<void>(resolve => {
        this.wake = resolve;
      });
      await this.round();
      this.rounds += 1;
      const timer = new AbortController();
      await Promise.race([kicked, clock.sleep(ROUND, timer.signal).catch(() => undefined)]);
      timer.abort();
      await clock.sleep(GATHER, signal).catch(() => undefined);
    }
  }

  private async round(): Promise<void> {
    const { regions, problems } = this.options;
    await Promise.all([
      ...regions.map(region => region.follow()),
      problems.guard('DNS records', async () => {
        this.zones = await readZones(this.options.clients);
        this.options.dns.update(this.zones);
      }),
      problems.guard('health checks', async () => {
        this.options.checker.update(await readChecks(this.options.clients));
      }),
    ]);
  }

  /** The aliases under a Region's gate names point at its gates; the names they point at are API Gateway's to give. */
  private gateAliases(follower: RegionFollower): readonly string[] {
    const { serviceHosts } = this.options;
    const names = new Set(serviceHosts.map(host => normalName(gateHost(follower.options.region, host))));
    const records = this.zones.flatMap(zone => zone.records);
    return records.flatMap(({ name, alias }) => (alias !== undefined && names.has(name) ? [alias.name] : []));
  }
}

function changes(call: CallRecord): boolean {
  return WATCHED.has(call.service) && !READING.test(call.action) && call.status > 0 && call.status < 300;
}
