import { z } from 'zod';
import { HoldfastError } from '../../errors';
import { DRILL_CALLER } from '../connection';
import type { GatewayState } from '../gateway';
import type { HeldKind } from '../reconciler';
import type { Stores } from './data-plane';
import type { Followers } from './followers';

/** What a fault strikes. */
const FAULT_TARGETS = ['clone', 'worker', 'cache', 'database', 'gate', 'region'] as const;
/** See {@link LabFault}. */
const FAULT_ACTIONS = ['kill', 'hold', 'release', 'pause', 'resume', 'cut', 'mend'] as const;

/**
 * A fault of the data plane. `kill`: SIGKILL to one process, which is started again as its service would. `hold`:
 * all of the kind in the Region end and stay down until `release`; a whole `region` ends at once, and its control plane
 * does not answer either. `pause` and `resume`: the Region's database stops replaying and goes on. `cut` and `mend`: it
 * receives nothing from the writer, and then does again.
 */
export interface LabFault {
  readonly action: (typeof FAULT_ACTIONS)[number];
  readonly target: (typeof FAULT_TARGETS)[number];
  readonly region: string;
}

const schema = z.strictObject({
  action: z.enum(FAULT_ACTIONS),
  target: z.enum(FAULT_TARGETS),
  region: z.string(),
});

/**
 * Carries out a fault.
 * @throws HoldfastError `not-found` when there is nothing to strike, `invalid-input` for a fault that makes no sense
 */
export async function strike(
  body: unknown,
  stores: Stores,
  followers: Followers,
  state: GatewayState,
): Promise<void> {
  const fault = schema.parse(body);
  if (!followers.regions.has(fault.region)) {
    const known = [...followers.regions.keys()].join(', ');
    throw new HoldfastError('not-found', `no Region ${fault.region} in this lab, which has ${known}`);
  }
  if (fault.action === 'kill') kill(fault, stores, followers);
  else if (fault.action === 'hold' || fault.action === 'release') {
    const { target } = fault;
    if (target === 'region') await holdRegion(fault, stores, followers, state);
    else await hold({ ...fault, target }, stores, followers);
  } else await replication(fault, stores);
}

function kill({ target, region }: LabFault, stores: Stores, followers: Followers): void {
  if (target === 'region') {
    throw new HoldfastError('invalid-input', 'kill is for one process; use hold, which ends all of a Region');
  }
  const follower = followers.regions.get(region);
  const entry = { clone: 'service', worker: 'worker' }[target as string];
  if (entry !== undefined) {
    if (follower?.instances.kill(entry) === undefined) throw nothing(target, region);
  } else if (target === 'database') stores.database.server(region).kill();
  else if (target === 'cache') {
    const cache = stores.caches.get(region);
    if (cache === undefined) throw nothing(target, region);
    cache.kill();
  } else if (follower?.gate === undefined) throw nothing(target, region);
  else follower.gate.kill();
}

/** Everything in a Region that a Region can lose. */
const PARTS = FAULT_TARGETS.filter((target): target is Part => target !== 'region');
type Part = Exclude<LabFault['target'], 'region'>;

/**
 * A Region that is lost: its processes are killed at once and stay down, the APIs of its control plane do not answer a
 * drill, and its replica of the register is out of reach. The lab's own followers see it still: they are not part of it.
 */
async function holdRegion(
  { action, region }: LabFault,
  stores: Stores,
  followers: Followers,
  state: GatewayState,
): Promise<void> {
  const down = action === 'hold';
  const id = `region-lost-${region}`;
  if (down) {
    state.injectFault({ id, match: { caller: DRILL_CALLER, region }, effect: { kind: 'reset' } });
    state.setReachable(region, false);
    stores.database.server(region).kill();
  } else {
    state.clearFault(id);
    state.setReachable(region, true);
  }
  const controller = followers.liveSettings.get(region);
  await Promise.all([
    ...PARTS.map(target => hold({ action, region, target }, stores, followers)),
    down ? controller?.hold() : controller?.release(),
  ]);
}

async function hold(
  { action, target, region }: LabFault & { readonly target: Part },
  stores: Stores,
  followers: Followers,
): Promise<void> {
  const down = action === 'hold';
  if (target === 'database') {
    if (down) await stores.database.hold(region);
    else await stores.database.release(region);
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

async function replication({ action, target, region }: LabFault, stores: Stores): Promise<void> {
  if (target !== 'database') {
    throw new HoldfastError('invalid-input', `${action} is for a database; use kill, hold or release`);
  }
  if (action === 'cut' || action === 'mend') return stores.database.link(region, action);
  await stores.database.server(region).query(`select pg_wal_replay_${action}()`);
}

function nothing(target: string, region: string): HoldfastError {
  return new HoldfastError('not-found', `no ${target} runs in ${region}`);
}
