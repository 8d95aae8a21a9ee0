import { HoldfastError } from '../../errors';
import { gateHost } from '../../naming';
import { Balancer } from '../balancer';
import { HealthChecker } from '../checks';
import { DnsServer, normalName } from '../dns';
import type { GatewayState } from '../gateway';
import { freePort, regionAddress } from '../network';
import type { DaemonContext } from './data-plane';

/** Seconds without a byte until a load balancer gives a request up (ELB's default). */
const IDLE_TIMEOUT = 60;
/** Ports to try before giving up: another program may take one between the look and the use. */
const ATTEMPTS = 5;

/** Everything that turns traffic. */
export interface Traffic {
  readonly balancers: ReadonlyMap<string, Balancer>;
  readonly servicePort: number;
  /** Ports on which the gates of each home listen in every Region, in the order of the homes. */
  readonly gatePorts: readonly number[];
  readonly dns: DnsServer;
  readonly dnsAddress: { readonly host: string; readonly port: number };
  readonly checker: HealthChecker;
}

/** Starts DNS server, checker and balancers. `resourceAddresses` answers for names that AWS gave. */
export async function startTraffic(
  context: DaemonContext,
  state: GatewayState,
  resourceAddresses: (name: string) => readonly string[] | undefined,
): Promise<Traffic> {
  const { settings, clock } = context;
  const { timeScale, homes, regions } = settings;
  const addresses = regions.map((_, index) => regionAddress(index));
  const { balancers, port: servicePort } = await startBalancers(context, state, addresses);
  const gatePorts: number[] = [];
  for (const _ of homes) gatePorts.push(await freePort(...addresses));
  const gates = new Map(
    homes.flatMap(({ host }, at) =>
      regions.map((region, index) => [
        normalName(gateHost(region, host)),
        { host: regionAddress(index), port: gatePorts[at] ?? 0 },
      ]),
    ),
  );
  const checker = new HealthChecker({
    clock,
    timeScale,
    endpointOf: host => gates.get(host),
    onStatus: (id, status) => state.setCheckStatus(id, status),
  });
  const world = { checkIsHealthy: (id: string) => checker.isHealthy(id), resourceAddresses, timeScale };
  const { dns, port } = await startDns(world);
  return { balancers, servicePort, gatePorts, dns, dnsAddress: { host: DNS_HOST, port }, checker };
}

/** Stops everything that {@link startTraffic} started. */
export async function stopTraffic(traffic: Traffic): Promise<void> {
  traffic.checker.close();
  await Promise.all([
    traffic.dns.close(),
    ...[...traffic.balancers.values()].map(balancer => balancer.close()),
  ]);
}

const DNS_HOST = '127.0.0.1';

async function startDns(world: ConstructorParameters<typeof DnsServer>[0]['world']) {
  return retry(async () => {
    const port = await freePort(DNS_HOST);
    const dns = new DnsServer({ host: DNS_HOST, port, world });
    try {
      await dns.listen();
    } catch (error) {
      await dns.close(); // UDP may have got the port where TCP did not
      throw error;
    }
    return { dns, port };
  });
}

/** Every Region's balancer listens on the one port that clients use for all. */
async function startBalancers(context: DaemonContext, state: GatewayState, addresses: readonly string[]) {
  const { settings, clock } = context;
  const idleTimeout = (IDLE_TIMEOUT * 1000) / settings.timeScale;
  return retry(async () => {
    const port = await freePort(...addresses);
    const balancers = settings.regions.map((region, index) => {
      const onHealth: GatewayState['setTargetHealth'] = (arn, health) => state.setTargetHealth(arn, health);
      return [
        region,
        new Balancer({ host: regionAddress(index), port, idleTimeout, clock, onHealth }),
      ] as const;
    });
    const started = await Promise.allSettled(balancers.map(([, balancer]) => balancer.listen()));
    const failed = started.find(result => result.status === 'rejected');
    if (failed === undefined) return { balancers: new Map(balancers), port };
    await Promise.all(balancers.map(([, balancer]) => balancer.close()));
    throw failed.reason;
  });
}

async function retry<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof HoldfastError) || attempt === ATTEMPTS) throw error;
    }
  }
}
