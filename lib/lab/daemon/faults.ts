import { HoldfastError } from '../../errors';
import type { GatewayState } from '../gateway';
import type { HeldKind } from '../reconciler';
import type { Stores } from './data-plane';
import { type LabFault, parseFault } from './fault';
import { drainQueue, fillQueue, type QueuePlace } from './fill-queue';
import type { Followers } from './followers';
import { loseControlPlane } from './lost-region';
import { strikeProcesses } from './strike-processes';

/** What a fault can reach. */
export interface StruckWorld {
  readonly stores: Stores;
  readonly followers: Followers;
  readonly state: GatewayState;
  readonly queues: QueuePlace;
}

/**
 * Carries out a fault.
 * @throws HoldfastError `not-found` when there is nothing to strike, `invalid-input` for a fault that makes no sense
 */
export async function strike(body: unknown, world: StruckWorld): Promise<void> {
  const fault = parseFault(body);
  const { action, target, region } = fault;
  const { followers, stores, state } = world;
  if (!followers.regions.has(region)) {
    const known = [...followers.regions.keys()].join(', ');
    throw new HoldfastError('not-found', `no Region ${region} in this lab, which has ${known}`);
  }
  if (action === 'fill') await fillQueue(fault, world);
  else if (action === 'drain') drainQueue(region, state);
  else if (action === 'hold' || action === 'release') await hold(fault, world);
  else if (action === 'pause' || action === 'resume') {
    await ofHomes(stores, database => database.server(region).query(`select pg_wal_replay_${action}()`));
  } else if (target === 'database' && (action === 'cut' || action === 'mend' || action === 'delay')) {
    const how = action === 'delay' ? (fault.milliseconds ?? 0) : action;
    await ofHomes(stores, database => database.link(region, how));
  } else if (target === 'register') registerLink(fault, state);
  else await strikeProcesses(fault, world);
}

/** A Region's database is that of every home in it. */
const ofHomes = (
  { homes }: Stores,
  act: (database: Stores['homes'][number]['database']) => unknown,
): Promise<unknown> => Promise.all(homes.map(({ database }) => act(database)));

/** The Region's way to the register: gone, slow, or as it should be. */
function registerLink({ action, region, milliseconds = 0 }: LabFault, state: GatewayState): void {
  const id = `register-slow-${region}`;
  const match = { service: 'dynamodb', region };
  if (action === 'delay') {
    state.injectFault({ id, match, effect: { kind: 'latency', milliseconds } });
    return;
  }
  state.setReachable(region, action !== 'cut');
  if (action === 'mend') state.clearFault(id);
}

/** Everything in a Region that a Region can lose. */
const PARTS = ['clone', 'worker', 'cache', 'database', 'gate'] as const;
type Part = (typeof PARTS)[number];

async function hold({ action, target, region, zone }: LabFault, world: StruckWorld): Promise<void> {
  const down = action === 'hold';
  const follower = world.followers.regions.get(region);
  if (target === 'region') return holdRegion(region, down, world);
  if (zone === undefined) return holdPart(target as Part, region, down, world.stores, world.followers);
  const known = new Set(follower?.zones());
  if (!known.has(zone)) {
    throw new HoldfastError('not-found', `no zone ${zone} in ${region}, which has ${[...known].join(', ')}`);
  }
  await follower?.holdZone(zone, down);
}

/**
 * A Region that is lost: its processes are killed at once and stay down, the APIs of its control plane do not answer a
 * drill, and its replica of the register is out of reach. The lab's own followers see it still: they are not part of it.
 */
async function holdRegion(region: string, down: boolean, world: StruckWorld): Promise<void> {
  const { stores, followers, state } = world;
  loseControlPlane(region, down, state);
  if (down) for (const { database } of stores.homes) database.server(region).process?.kill('SIGKILL');
  const controller = followers.liveSettings.get(region);
  await Promise.all([
    ...PARTS.map(part => holdPart(part, region, down, stores, followers)),
    down ? controller?.hold() : controller?.release(),
  ]);
}

async function holdPart(
  target: Part,
  region: string,
  down: boolean,
  stores: Stores,
  followers: Followers,
): Promise<void> {
  if (target === 'database') {
    await ofHomes(stores, database => (down ? database.hold(region) : database.release(region)));
    return;
  }
  if (target === 'cache') {
    const cache = stores.caches.get(region);
    await (down ? cache?.stop() : cache?.start());
    return;
  }
  const kind: HeldKind = target === 'clone' ? 'service' : target;
  const follower = followers.regions.get(region);
  await (down ? follower?.hold(kind) : follower?.release(kind));
}
