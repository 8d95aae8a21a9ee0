import { randomUUID } from 'node:crypto';
import { createAwsCloud } from '../../lib/aws';
import { systemClock } from '../../lib/clock';
import {
  createOutside,
  drillSettings,
  type Load,
  type LoadSummary,
  startLoad,
  verifyLedger,
} from '../../lib/drill';
import { type LabConnection, type LabStatus, labConnection, labStatus } from '../../lib/lab';
import { hostOf, loadTopology } from '../../regions';
import orders from '../../regions/examples/orders';
import { ROOT } from '../helpers/sources';

/** The topology of the shared lab. */
export const topology = loadTopology(orders);
export const HOST = hostOf(topology);
export const [SEED, STANDBY] = ['us-east-2', 'us-west-2'] as const;

/** The shared lab's own connection. */
export const connect = (): LabConnection => labConnection(ROOT);
export const status = (): Promise<LabStatus> => labStatus({ projectRoot: ROOT });

/** Looks again until `look` gives a value that is not undefined or false; no error in between counts. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  seconds = 45,
): Promise<T> {
  const deadline = systemClock.monotonic() + seconds * 1000;
  let last: unknown;
  while (systemClock.monotonic() < deadline) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    await systemClock.sleep(100);
  }
  const now = await status();
  throw new Error(
    `${what}: not within ${seconds} s; ${last ?? ''} ${JSON.stringify({ ...now, processes: undefined })}`,
  );
}

/** Waits until nothing is wrong and nothing unknown. */
export const healthy = () => eventually('a healthy lab', async () => (await status()).healthy, 90);

/** A client outside, as every client is: it knows the name and the DNS server. */
export const outside = () => createOutside({ clock: systemClock, dnsServers: [connect().dnsServer] });

/** Addresses of the service's name as the DNS server answers now. */
export async function resolved(): Promise<readonly string[]> {
  const client = outside();
  try {
    return (await client.resolve(HOST)).addresses;
  } finally {
    client.close();
  }
}

/** Posts an order straight to a Region's balancer, whatever DNS says. */
export async function order(
  region: string,
  key: string = randomUUID(),
  body: object = { item: 'bolt', quantity: 1 },
) {
  const { addresses, entries } = connect();
  const response = await fetch(`http://${addresses[region]}:${entries.service.port}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, host: HOST },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** What the load saw, and what the service shows of it afterwards. */
export interface Measured extends LoadSummary {
  readonly lost: number;
  readonly duplicateEffects: number;
  readonly unfulfilled: number;
}

/** Runs `act` while a client writes through the service's name; then compares its ledger with the service. */
export async function underLoad(rate: number, act: (load: Load) => Promise<void>): Promise<Measured> {
  const { entries, timeScale, endpoint, credentials } = connect();
  const client = outside();
  const cloud = createAwsCloud({
    clock: systemClock,
    application: topology.application,
    endpoint,
    credentials,
  });
  const load = startLoad({
    outside: client,
    clock: systemClock,
    random: Math.random,
    id: `test-${randomUUID()}`,
    host: HOST,
    entry: entries.service,
    rate,
  });
  try {
    await act(load);
    const summary = await load.stop();
    const context = {
      ...{
        cloud,
        outside: client,
        clock: systemClock,
        output: { emit: () => undefined },
        random: Math.random,
      },
      ...{
        settings: drillSettings(topology),
        entries,
        timeScale,
        target: 'lab' as const,
        directory: '',
        holder: 'test',
      },
    };
    const verdict = await verifyLedger(context, HOST, load);
    expect(verdict.complete).toBe(true);
    return { ...summary, ...verdict };
  } finally {
    await load.stop(0);
    client.close();
    cloud.close();
  }
}

/** Waits until the load has acknowledged `count` more writes than now. */
export async function acknowledges(load: Load, count: number): Promise<void> {
  const target = load.entries.length + count;
  await eventually(`${count} more acknowledged writes`, async () => load.entries.length >= target);
}
